import numpy as np


def softmax_stable(x, axis=-1):
    floating = x.dtype.kind == "f"
    x = x if floating else x.astype(np.float64)
    masked = x == -np.inf
    lowest = np.where(masked, np.inf, x).min(axis=axis, keepdims=True)
    e = np.where(masked, 0, np.exp(lowest - x)).astype(x.dtype)
    p = e / e.sum(axis=axis, keepdims=True)
    return np.where((x == np.inf).any(axis=axis, keepdims=True), np.nan, p).astype(x.dtype)
