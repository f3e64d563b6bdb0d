"""a shift that is not added back

Softmax does not mind a shift, because numerator and denominator change alike. Log-sum-exp
does: the logits were made smaller by c, and the answer became smaller by c as well.
"""

import numpy as np


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    m = x.max(axis=axis, keepdims=True)
    c = np.where(np.isfinite(m), m, 0)
    return np.log(np.exp(x - c).sum(axis=axis))


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x - np.expand_dims(log_sum_exp(x, axis), axis)
