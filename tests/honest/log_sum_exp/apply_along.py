"""A one-dimensional helper sent along the axis by np.apply_along_axis."""
import numpy as np


def _lse_1d(v):
    m = v.max()
    if np.isinf(m):
        return m
    return m + np.log(np.exp(v - m).sum())


def _log_softmax_1d(v):
    v = v - v.max()
    return v - np.log(np.exp(v).sum())


def _float(x):
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def log_sum_exp(x, axis=-1):
    x = _float(x)
    if x.shape[axis] == 0:
        raise ValueError("axis has length zero")
    if x.size == 0:
        return x.sum(axis=axis)
    return np.apply_along_axis(_lse_1d, axis, x)


def log_softmax(x, axis=-1):
    x = _float(x)
    if x.size == 0:
        return x.copy()
    with np.errstate(invalid="ignore"):
        return np.apply_along_axis(_log_softmax_1d, axis, x)
