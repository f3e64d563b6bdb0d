"""Only the first of the two sums is rescaled

This is right as long as the second pair has the larger maximum, as a newcomer of a stream
has when it raises m. Here either side may be the lower one, and its sum has to be
rescaled.
"""

import math
from functools import reduce

import numpy as np

NOTHING = (-math.inf, 0.0)


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    m = max(a[0], b[0])
    return NOTHING if m == -math.inf else (m, a[1] * np.exp(a[0] - m) + b[1])


def _pair(chunk: np.ndarray) -> tuple[float, float]:
    m = chunk.max(initial=-math.inf)
    return NOTHING if m == -math.inf else (m, np.exp(chunk - m).sum())


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = reduce(merge, map(_pair, np.array_split(x, n_chunks)), NOTHING)
    return (np.exp(x - m) / d).astype(x.dtype)
