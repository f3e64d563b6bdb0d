"""a shift in the numerator only

The shift leaves the answer as it is because the same factor stands above and below the
line. Subtracted only in the numerator it makes the probabilities sum to something else than
1.
"""

import numpy as np


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    shift = x.max(axis=axis, keepdims=True)
    return np.exp(x - shift) / np.exp(x).sum(axis=axis, keepdims=True)
