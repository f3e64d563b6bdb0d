"""Bring both sums to the common maximum, then add."""

import math
from functools import reduce

import numpy as np

NOTHING = (-math.inf, 0.0)


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    if a[0] < b[0]:
        a, b = b, a
    (m, d), (lower, e) = a, b
    if lower == -math.inf:  # nothing to add, and -inf - (-inf) would be NaN
        return a
    return m, d + e * math.exp(lower - m)


def _pair(chunk: np.ndarray) -> tuple[float, float]:
    """(m, d) of one piece, which may be empty or all -inf."""
    m = chunk.max(initial=-math.inf)
    return NOTHING if m == -math.inf else (m, np.exp(chunk - m).sum())


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = reduce(merge, map(_pair, np.array_split(x, n_chunks)), NOTHING)
    with np.errstate(invalid="ignore"):  # nothing but -inf is NaN
        return (np.exp(x - m) / d).astype(x.dtype)
