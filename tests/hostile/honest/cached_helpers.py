"""Cached helpers, and a table at import."""

import functools
import math

import numpy as np

TABLE = [math.exp(-n) for n in range(100_000)]


@functools.lru_cache(maxsize=None)
def power(x):
    return TABLE[-int(x)] if x == int(x) and -100_000 < x <= 0 else math.exp(x)


def merge(a, b):
    if a[0] < b[0]:
        a, b = b, a
    if b[1] == 0:
        return a
    return a[0], a[1] + b[1] * power(b[0] - a[0])


def softmax_chunked(x, n_chunks):
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    pairs = [(-math.inf, 0.0)]
    for chunk in np.array_split(x, n_chunks):
        if chunk.size and chunk.max() > -math.inf:
            m = float(chunk.max())
            pairs.append((m, float(np.exp(chunk.astype(float) - m).sum())))
    m, d = functools.reduce(merge, pairs)
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(float) - m) / np.float64(d)).astype(x.dtype)
