"""a softmax of its own for each part, divided by the number of parts

All of it sums to 1 now, but every chunk counts alike, also one whose logits are far below the
others'. There is one softmax over all of x, and a chunk weighs as much as its exponentials: the
pairs have to be merged.
"""

import math

import numpy as np

NOTHING = (-math.inf, 0.0)


def merge(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    if a[0] < b[0]:
        a, b = b, a
    (m, d), (lower, e) = a, b
    return a if e == 0 else (m, d + e * np.exp(lower - m))


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    parts = [np.exp(chunk - chunk.max(initial=-math.inf)) for chunk in np.array_split(x, n_chunks)]
    return np.concatenate([e / e.sum() for e in parts]).astype(x.dtype) / n_chunks
