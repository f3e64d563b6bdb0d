"""NaN where there is a +inf

A slice of nothing but -inf is seen to, but a maximum can be +inf as well, and inf - inf
is NaN. A sum with an infinite term is infinite, and so is its logarithm.
"""

import numpy as np


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    m = x.max(axis=axis, keepdims=True)
    c = np.where(m == -np.inf, 0, m)
    return np.log(np.exp(x - c).sum(axis=axis)) + c.squeeze(axis=axis)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x - np.expand_dims(log_sum_exp(x, axis), axis)
