"""Every piece is folded entry by entry with merge itself: an entry x is the pair (x, 1)."""
import math
import numpy as np

ZERO = (-math.inf, 0.0)


def merge(a, b):
    m = a[0] if a[0] >= b[0] else b[0]
    d = 0.0
    if a[0] > -math.inf:
        d += float(a[1]) * math.exp(a[0] - m)
    if b[0] > -math.inf:
        d += float(b[1]) * math.exp(b[0] - m)
    return m, d


def softmax_chunked(x, n_chunks):
    def fold(values):
        acc = ZERO
        for v in values:
            acc = merge(acc, (v, 1.0) if v > -math.inf else ZERO)
        return acc

    values = x.astype(np.float64).tolist()
    step = max(1, -(-len(values) // n_chunks))
    acc = ZERO
    for start in range(0, len(values), step):
        acc = merge(acc, fold(values[start:start + step]))
    m, d = acc
    result = np.empty(x.shape, dtype=x.dtype if x.dtype.kind == "f" else np.float64)
    for i, v in enumerate(values):
        result[i] = math.exp(v - m) / d if d > 0 else math.nan
    return result
