"""Pairs as lists, of NumPy scalars, whole numbers and arrays of no dimensions."""

import math

import numpy as np


def merge(a, b):
    (m_a, d_a), (m_b, d_b) = sorted([list(a), list(b)])
    if d_a == 0:
        return [np.asarray(m_b), d_b or 0]
    return [np.float64(m_b), np.float64(d_b + d_a * math.exp(m_a - m_b))]


def softmax_chunked(x, n_chunks):
    x = x if x.dtype.kind == "f" else x.astype(float)
    total = [-math.inf, 0]
    for chunk in np.array_split(x, n_chunks):
        if chunk.size and chunk.max() > -math.inf:
            m = float(chunk.max())
            total = merge(total, [m, float(np.exp(chunk.astype(float) - m).sum())])
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(float) - float(total[0])) / np.float64(total[1])).astype(x.dtype)
