"""not rescaling d

Each d is relative to the maximum of its own set, and sums relative to different maxima
cannot be added. Before that, both have to be brought to the common maximum.
"""

import itertools
import math
from functools import reduce

import numpy as np

NOTHING = (-math.inf, 0.0)
SPLIT = "evenly"  # or "in steps", "last longer", "last shorter"


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    return max(a[0], b[0]), a[1] + b[1]


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
