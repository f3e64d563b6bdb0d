"""The mean is subtracted in place of the maximum

Any shift leaves the answer as it is, but only the maximum makes every exponent 0 or less.
Above the mean there is always something, and if it lies far enough above, exp overflows.
"""

import numpy as np


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(x - x.mean(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
