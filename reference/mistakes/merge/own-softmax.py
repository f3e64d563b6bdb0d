"""a softmax of its own for each part

Each chunk sums to 1 here, and all of it to the number of chunks. There is one softmax
over all of x: the chunks' pairs have to be merged, and the one m and d that come of it
hold for every chunk.
"""

import itertools
import math

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
    pairs = map(_pair, chunks)
    if SEES_TO_MASKS:
        pairs = [(0.0, 1.0) if m == -math.inf else (m, d) for m, d in pairs]
    parts = [np.exp(chunk - m) / d for chunk, (m, d) in zip(chunks, pairs, strict=True)]
    return np.concatenate(parts).astype(x.dtype)
