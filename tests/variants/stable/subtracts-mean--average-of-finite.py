import numpy as np


def center(a, axis):
    ok = np.isfinite(a)
    how_many = ok.sum(axis=axis, keepdims=True)
    total = np.where(ok, a, 0).sum(axis=axis, keepdims=True)
    return total / np.maximum(how_many, 1)


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("softmax of nothing")
    wide = x.astype(np.float64)
    e = np.exp(wide - center(wide, axis))
    p = e / e.sum(axis=axis, keepdims=True)
    lost = (wide == np.inf).any(axis=axis, keepdims=True)
    p = np.where(lost, np.nan, p)
    return p.astype(x.dtype) if x.dtype.kind == "f" else p
