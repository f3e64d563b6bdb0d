"""NaN from two pairs of nothing

With (-inf, 0.0) on both sides the common maximum is -inf as well, and the exponent -inf -
(-inf) is NaN, which no later merge gets rid of. Two sets of nothing are nothing together.
"""

import math
from functools import reduce

import numpy as np

NOTHING = (-math.inf, 0.0)


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    m = max(a[0], b[0])
    return m, a[1] * np.exp(a[0] - m) + b[1] * np.exp(b[0] - m)


def _pair(chunk: np.ndarray) -> tuple[float, float]:
    m = chunk.max(initial=-math.inf)
    return NOTHING if m == -math.inf else (m, np.exp(chunk - m).sum())


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = reduce(merge, map(_pair, np.array_split(x, n_chunks)), NOTHING)
    return (np.exp(x - m) / d).astype(x.dtype)
