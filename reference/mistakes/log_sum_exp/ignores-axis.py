"""ignoring the argument `axis`

Both functions always go along the last axis. That is the default, but the caller may name
another one, and then maximum and sum have to go along that one.
"""

import numpy as np


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    m = x.max(axis=-1, keepdims=True)
    c = np.where(np.isfinite(m), m, 0)
    return np.log(np.exp(x - c).sum(axis=-1)) + c.squeeze(axis=-1)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x - log_sum_exp(x)[..., None]
