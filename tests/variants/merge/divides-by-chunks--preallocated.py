"""Slices of an array made beforehand, in float64, divided at the end."""
import numpy as np


def merge(a, b):
    m = max(a[0], b[0])
    if m == -np.inf:
        return (-np.inf, 0.0)
    return (m, a[1] * np.exp(a[0] - m) + b[1] * np.exp(b[0] - m))


def softmax_chunked(x, n_chunks):
    y = np.empty(len(x), dtype=np.float64)
    start = 0
    for chunk in np.array_split(x.astype(np.float64), n_chunks):
        stop = start + len(chunk)
        if len(chunk):
            with np.errstate(invalid="ignore"):
                w = np.exp(chunk - chunk.max())
                y[start:stop] = w / w.sum()
        start = stop
    y /= n_chunks
    return y.astype(x.dtype) if x.dtype.kind == "f" else y
