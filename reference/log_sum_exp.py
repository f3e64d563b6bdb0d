"""Shift by the maximum, and add it back; shift by nothing where the maximum is infinite."""

import numpy as np


def _shift(x: np.ndarray, axis: int) -> np.ndarray:
    """Each slice's maximum where that is finite, else 0: what can be subtracted safely."""
    m = x.max(axis=axis, keepdims=True)  # of nothing, max raises ValueError
    return np.where(np.isfinite(m), m, 0.0)  # float64 for integers


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray:
    c = _shift(x, axis)
    # log(0) is -inf and exp(inf) inf, as they should be: nothing but -inf, and some +inf.
    with np.errstate(divide="ignore", over="ignore"):
        return np.log(np.exp(x - c).sum(axis=axis)) + c.squeeze(axis=axis)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    # Not x - lse(x) at once: log K would be lost beside a large logit.
    shifted = x - _shift(x, axis)
    with np.errstate(invalid="ignore"):  # a slice of nothing but -inf is NaN
        return shifted - np.expand_dims(log_sum_exp(shifted, axis), axis)
