"""dropping what is left over at the end

Seven logits in three chunks of 7 // 3 = 2 are only six: the last one is in no chunk and
counts neither for m nor for d. With more chunks than logits, all chunks are empty.
Together the chunks must be all of x.
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
    size = len(x) // n_chunks
    chunks = [x[i * size : (i + 1) * size] for i in range(n_chunks)]
    m, d = reduce(merge, map(_pair, chunks), NOTHING)
    return (np.exp(x - m) / d).astype(x.dtype)
