"""In-place -= on slices of the caller's array, which are views."""
import numpy as np


def log_sum_exp(x, axis=-1):
    m = x.max(axis=axis, keepdims=True)
    c = np.where(np.isfinite(m), m, 0).astype(x.dtype)
    for k in range(x.shape[axis]):
        part = [slice(None)] * x.ndim
        part[axis] = slice(k, k + 1)
        x[tuple(part)] -= c
    with np.errstate(divide="ignore"):
        return np.squeeze(c, axis=axis) + np.log(np.exp(x).sum(axis=axis))


def log_softmax(x, axis=-1):
    x -= x.max(axis=axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=axis, keepdims=True))
