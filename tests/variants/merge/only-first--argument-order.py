import math
from functools import reduce

import numpy as np

NOTHING = (-math.inf, 0.0)


def merge(a, b):
    (m_a, d_a), (m_b, d_b) = a, b
    if not d_a:
        return b
    if not d_b:
        return a
    m = max(m_a, m_b)
    return m, d_a * math.exp(m_a - m) + d_b


def summary(part):
    seen = part[part > -math.inf]
    if seen.size == 0:
        return NOTHING
    return float(seen.max()), float(np.exp(seen - seen.max()).sum())


def softmax_chunked(x, n_chunks):
    t = x.dtype if x.dtype.kind == "f" else np.dtype("float64")
    y = np.array(x, dtype="float64")
    if np.isnan(y).any() or (y == np.inf).any():
        return np.full(y.shape, np.nan, t)
    m, d = reduce(merge, map(summary, np.array_split(y, n_chunks)), NOTHING)
    return np.divide(np.exp(y - m), d).astype(t)
