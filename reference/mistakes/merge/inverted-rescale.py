"""rescaling d the wrong way round

Relative to a larger maximum, the terms of a sum are smaller: the factor is never above 1.
exp(m - m_a) is never below it, and overflows for maxima that are far apart.
"""

import itertools
import math
from functools import reduce

import numpy as np

NOTHING = (-math.inf, 0.0)
SPLIT = "evenly"  # or "in steps", "last longer", "last shorter"


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    if a[1] == 0 or b[1] == 0:
        return max(a, b)
    m = max(a[0], b[0])
    return m, a[1] * np.exp(m - a[0]) + b[1] * np.exp(m - b[0])


def _pair(chunk: np.ndarray) -> tuple[float, float]:
    m = chunk.max(initial=-math.inf)
    return NOTHING if m == -math.inf else (m, np.exp(chunk - m).sum())


def _split(x: np.ndarray, n_chunks: int) -> list[np.ndarray]:
    if SPLIT == "evenly":
        return np.array_split(x, n_chunks)
    size = -(-len(x) // n_chunks) if SPLIT == "last shorter" else len(x) // n_chunks
    edges = [min(i * size, len(x)) for i in range(n_chunks)]
    if SPLIT == "in steps":
        edges = [i * len(x) // n_chunks for i in range(n_chunks)]
    return [x[i:j] for i, j in itertools.pairwise([*edges, len(x)])]


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = reduce(merge, map(_pair, _split(x, n_chunks)), NOTHING)
    return (np.exp(x - m) / d).astype(x.dtype)
