"""writing into the input

A chunk is a view: `chunk -= ...` writes into the array of the caller, who finds shifted logits
afterwards. It also fails for read-only arrays. `chunk - ...` makes a new array.
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


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    chunks = np.array_split(x, n_chunks)
    pairs = []
    for chunk in chunks:
        m = chunk.max(initial=-math.inf)
        if m != -math.inf:
            chunk -= m
        pairs.append(NOTHING if m == -math.inf else (m, np.exp(chunk).sum()))
    m, d = reduce(merge, pairs, NOTHING)
    parts = [np.exp(chunk + (top - m)) for chunk, (top, _) in zip(chunks, pairs, strict=True)]
    return (np.concatenate(parts) / d).astype(x.dtype)
