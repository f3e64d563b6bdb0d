"""one maximum for the whole array

`x.max()` without an axis is the largest logit of all slices. In a slice that lies far
below it, all exponentials vanish, and the logarithm of their sum is -inf. Each slice
along `axis` has a maximum of its own.
"""

import numpy as np

SEES_TO_INFINITY = True  # or False


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    m = x.max()
    c = m if np.isfinite(m) or not SEES_TO_INFINITY else 0.0
    return np.log(np.exp(x - c).sum(axis=axis)) + c


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x - np.expand_dims(log_sum_exp(x, axis), axis)
