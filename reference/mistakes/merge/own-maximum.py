"""numerators relative to their own chunk's maximum

d is relative to the maximum of all chunks, and so must be each exponential that is
divided by it. Only those in the chunk with the largest logit are; all others come out too
large.
"""

import itertools
import math
from functools import reduce

import numpy as np

NOTHING = (-math.inf, 0.0)
SPLIT = "evenly"  # or "in steps", "last longer", "last shorter"
SEES_TO_MASKS = False  # or True


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    if a[0] < b[0]:
        a, b = b, a
    (m, d), (lower, e) = a, b
    return a if e == 0 else (m, d + e * np.exp(lower - m))


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
    chunks = _split(x, n_chunks)
    _, d = reduce(merge, map(_pair, chunks), NOTHING)
    tops = [chunk.max(initial=-math.inf) for chunk in chunks]
    if SEES_TO_MASKS:
        tops = [0.0 if top == -math.inf else top for top in tops]
    e = np.concatenate([np.exp(chunk - top) for chunk, top in zip(chunks, tops, strict=True)])
    return (e / d).astype(x.dtype)
