"""The rescaled sums are averaged."""
import math

import numpy as np


def merge(a, b):
    m = max(a[0], b[0])
    if m == -math.inf:
        return m, 0.0
    return m, (a[1] * math.exp(a[0] - m) + b[1] * math.exp(b[0] - m)) / 2


def softmax_chunked(x, n_chunks):
    z = x.astype(np.float64)
    pair = (-math.inf, 0.0)
    for c in np.array_split(z, n_chunks):
        if c.size and c.max() > -math.inf:
            pair = merge(pair, (c.max(), np.exp(c - c.max()).sum()))
    with np.errstate(all="ignore"):
        return (np.exp(z - pair[0]) / np.float64(pair[1])).astype(x.dtype if x.dtype.kind == "f" else float)
