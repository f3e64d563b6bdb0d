"""a small number added to the denominator

After the shift the sum is at least 1, so there is no division by 0 to be prevented. All
that the added number does is make every probability a little too small.
"""

import numpy as np

EPSILON = 1e-8  # or 1e-6, 1e-7, 1e-9, 1e-10, 1e-12, 1e-15


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / (e.sum(axis=axis, keepdims=True) + EPSILON)
