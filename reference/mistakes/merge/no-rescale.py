"""The sums are added as they are

Each d is relative to the maximum of its own set, and sums relative to different maxima
cannot be added. Before that, both have to be brought to the common maximum.
"""

import math
from functools import reduce

import numpy as np

NOTHING = (-math.inf, 0.0)


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return max(a[0], b[0]), a[1] + b[1]


def _pair(chunk: np.ndarray) -> tuple[float, float]:
    m = chunk.max(initial=-math.inf)
    return NOTHING if m == -math.inf else (m, np.exp(chunk - m).sum())


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = reduce(merge, map(_pair, np.array_split(x, n_chunks)), NOTHING)
    return (np.exp(x - m) / d).astype(x.dtype)
