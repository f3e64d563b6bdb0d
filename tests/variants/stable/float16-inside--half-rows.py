"""Loops over slices, each np.half while it is worked on."""
import numpy as np


def slice_softmax(v):
    v = np.half(v)
    e = np.exp(v - max(v) if not np.isnan(v).any() else v)
    return e / e.sum()


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("empty")
    out = np.zeros(x.shape, dtype=x.dtype if x.dtype.kind == "f" else "f8")
    src, dst = np.moveaxis(x, axis, -1), np.moveaxis(out, axis, -1)
    for i in np.ndindex(src.shape[:-1]):
        dst[i] = slice_softmax(src[i])
    return out
