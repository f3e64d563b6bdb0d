"""a small number added before the logarithm

It keeps log_softmax from being -inf, but makes it wrong in another way: no answer can be
below the logarithm of that number, be it -1000 or -inf, and those above it are a little
off. If no probability is formed, there is no logarithm of 0 to be afraid of.
"""

import numpy as np

EPSILON = 1e-9  # or 1e-6, 1e-7, 1e-8, 1e-10, 1e-12, 1e-15


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    m = x.max(axis=axis, keepdims=True)
    c = np.where(np.isfinite(m), m, 0)
    return np.log(np.exp(x - c).sum(axis=axis)) + c.squeeze(axis=axis)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.log(e / e.sum(axis=axis, keepdims=True) + EPSILON)
