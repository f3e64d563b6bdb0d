"""an error where a part is empty

With more chunks than logits, some chunks are empty, and NumPy's maximum of nothing raises
an error. There is a pair that stands for nothing at all.
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
    m = chunk.max()
    return NOTHING if m == -math.inf else (m, np.exp(chunk - m).sum())


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = reduce(merge, map(_pair, np.array_split(x, n_chunks)), NOTHING)
    return (np.exp(x - m) / d).astype(x.dtype)
