"""an answer that keeps the reduced axis

The numbers are right, but the answer still has the axis, with length 1. log_sum_exp gives
one number for each slice, so that axis is gone from the shape, and for a vector nothing
is left of it. keepdims=True is good for the maximum that is subtracted, not for the
answer.
"""

import numpy as np


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    m = x.max(axis=axis, keepdims=True)
    c = np.where(np.isfinite(m), m, 0)
    return np.log(np.exp(x - c).sum(axis=axis, keepdims=True)) + c


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x - log_sum_exp(x, axis)
