"""The numerators are relative to their own chunk's maximum

d is relative to the maximum of all chunks, and so must be each exponential that is
divided by it. Only those in the chunk with the largest logit are; all others come out too
large.
"""

import math
from functools import reduce

import numpy as np

NOTHING = (-math.inf, 0.0)


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    if a[0] < b[0]:
        a, b = b, a
    (m, d), (lower, e) = a, b
    return a if e == 0 else (m, d + e * np.exp(lower - m))


def _pair(chunk: np.ndarray) -> tuple[float, float]:
    m = chunk.max(initial=-math.inf)
    return NOTHING if m == -math.inf else (m, np.exp(chunk - m).sum())


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    chunks = np.array_split(x, n_chunks)
    _, d = reduce(merge, map(_pair, chunks), NOTHING)
    e = np.concatenate([np.exp(chunk - chunk.max(initial=-math.inf)) for chunk in chunks])
    return (e / d).astype(x.dtype)
