"""Pairs are lists; the softmax stays in the input's own precision."""
import numpy as np


def merge(a, b):
    m = max(a[0], b[0])
    d = 0.0
    for mi, di in (a, b):
        if mi != -np.inf:
            d = d + di * np.exp(mi - m)
    return [m, d]


def softmax_chunked(x, n_chunks):
    if x.dtype.kind != "f":
        x = x.astype(np.float64)
    state = [-np.inf, 0.0]
    for c in np.array_split(x, n_chunks):
        if len(c):
            m = c.max()
            e = np.exp(c - m) if m > -np.inf else np.zeros_like(c)
            state = merge(state, [float(m), float(e.sum(dtype=np.float32 if x.dtype == np.float16 else None))])
    m, d = state
    with np.errstate(all="ignore"):
        e = np.exp(x - x.dtype.type(m))
        return (e / e.dtype.type(d)).astype(x.dtype)
