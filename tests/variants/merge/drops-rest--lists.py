"""Slices of lists, math.fsum and math.exp."""
import math

import numpy as np


def merge(a, b):
    m = max(a[0], b[0])
    if m == -math.inf:
        return (m, 0.0)
    return (m, a[1] * math.exp(a[0] - m) + b[1] * math.exp(b[0] - m))


def softmax_chunked(x, n_chunks):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    numbers = x.astype(float).tolist()
    size = len(numbers) // n_chunks
    whole = (-math.inf, 0.0)
    for i in range(n_chunks):
        piece = numbers[i * size : i * size + size]
        top = max(piece, default=-math.inf)
        if top > -math.inf:
            whole = merge(whole, (top, math.fsum(math.exp(v - top) for v in piece)))
    m, d = whole
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(float) - m) / np.float64(d)).astype(kind)
