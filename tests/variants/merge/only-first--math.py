"""Unpacked names and math.exp, chunks by np.linspace."""
import math

import numpy as np


def merge(a, b):
    m1, d1 = a
    m2, d2 = b
    m = m1 if m1 > m2 else m2
    if m == -math.inf:
        return m, 0.0
    return m, d1 * math.exp(m1 - m) + d2


def softmax_chunked(x, n_chunks):
    numbers = [float(v) for v in x]
    edges = [len(numbers) * i // n_chunks for i in range(n_chunks + 1)]
    state = (-math.inf, 0.0)
    for a, b in zip(edges[:-1], edges[1:]):
        piece = [v for v in numbers[a:b] if v > -math.inf]
        if piece:
            state = merge(state, (max(piece), sum(math.exp(v - max(piece)) for v in piece)))
    m, d = state
    if d == 0:
        return np.full(len(x), math.nan, dtype=x.dtype if x.dtype.kind == "f" else float)
    return np.array(
        [math.exp(v - m) / d for v in numbers], dtype=x.dtype if x.dtype.kind == "f" else float
    )
