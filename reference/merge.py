"""Bring both sums to the common maximum, then add."""

import math
from functools import reduce

import numpy as np


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    (lower, d_lower), (m, d) = (a, b) if a[0] < b[0] else (b, a)
    if lower == -math.inf:  # nothing to add; and -inf - (-inf) would be NaN
        return m, d
    return m, d + d_lower * math.exp(lower - m)


def _pair(chunk: np.ndarray) -> tuple[float, float]:
    """(m, d) of one piece, which may be empty or all -inf."""
    m = chunk.max(initial=-math.inf)
    return m, np.exp(chunk[chunk > -math.inf] - m).sum()


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = reduce(merge, map(_pair, np.array_split(x, n_chunks)))
    with np.errstate(invalid="ignore", divide="ignore"):  # nothing but -inf: 0/0 is NaN
        return np.exp(x - m) / d
