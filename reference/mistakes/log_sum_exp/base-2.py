"""the logarithm to base 2

Everything here is in nats: the logarithm that undoes e^x is the natural one, `np.log`. That to
base 2 is larger by a factor of 1.44, and only the logarithm of 1 is the same.
"""

import numpy as np


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    m = x.max(axis=axis, keepdims=True)
    c = np.where(np.isfinite(m), m, 0)
    return np.log2(np.exp(x - c).sum(axis=axis)) + c.squeeze(axis=axis)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x - np.expand_dims(log_sum_exp(x, axis), axis)
