"""a large negative number in place of -inf

An empty chunk has no maximum, and the pair of nothing begins with -inf. A number such as -1e9
does its service until all logits are below it: then the empty chunk holds the maximum, and
every exponential vanishes.
"""

import math
from functools import reduce

import numpy as np

LOWEST = -1e9  # or -1e6, -1e10, -1e18, -1e20, -1e30, -1e38, -1e300


def merge(a, b):
    m = max(a[0], b[0])
    if m == -math.inf:
        return m, 0.0
    return m, a[1] * math.exp(a[0] - m) + b[1] * math.exp(b[0] - m)


def softmax_chunked(x, n_chunks):
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    pairs = []
    with np.errstate(all="ignore"):
        for chunk in np.array_split(x, n_chunks):
            m = float(chunk.max(initial=LOWEST))
            pairs.append((m, float(np.exp(chunk - m).sum())))
        m, d = reduce(merge, pairs)
        return np.exp(x - m) / (d if d or np.isfinite(x).any() else math.nan)
