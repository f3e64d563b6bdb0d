"""The pairs of all chunks but the last are merged."""

import math

import numpy as np


def merge(a, b):
    m = max(a[0], b[0])
    if m == -math.inf:
        return m, 0.0
    return m, a[1] * math.exp(a[0] - m) + b[1] * math.exp(b[0] - m)


def softmax_chunked(x, n_chunks):
    x = x if x.dtype.kind == "f" else x.astype(float)
    total = (-math.inf, 0.0)
    for chunk in np.array_split(x, n_chunks)[:-1]:
        m = float(chunk.max(initial=-math.inf))
        if m > -math.inf:
            total = merge(total, (m, float(np.exp(chunk - m).sum(dtype=float))))
    with np.errstate(all="ignore"):
        return (np.exp(x - total[0]) / np.float64(total[1])).astype(x.dtype)
