"""Shift by the maximum, and add it back; shift by nothing where the maximum is infinite."""

import numpy as np


def _shift(x: np.ndarray, axis: int) -> np.ndarray:
    """Each slice's maximum where that is finite, else 0: what can be subtracted safely."""
    m = x.max(axis=axis, keepdims=True)  # of nothing, max raises ValueError
    return np.where(np.isfinite(m), m, np.zeros_like(m))


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    c = _shift(x, axis)
    # log(0) is -inf and log(inf) inf, as they should be: nothing but -inf, and some +inf.
    with np.errstate(divide="ignore", over="ignore"):
        return np.log(np.exp(x - c).sum(axis=axis)) + c.squeeze(axis=axis)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    with np.errstate(invalid="ignore"):  # a slice of nothing but -inf is NaN
        shifted = x - x.max(axis=axis, keepdims=True)
    # Not x - lse(x): log K would be lost beside a large logit.
    return shifted - np.expand_dims(log_sum_exp(shifted, axis), axis)
