"""Validates its arguments, cuts the pieces with a generator, scales each piece's exponentials only at the end."""
from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

Pair = tuple[float, float]


def merge(a: Pair, b: Pair) -> Pair:
    if len(a) != 2 or len(b) != 2:
        raise ValueError("merge takes two pairs")
    m = max(a[0], b[0])
    if math.isinf(m) and m < 0:
        return (m, a[1] + b[1])
    return (m, math.fsum((a[1] * math.exp(a[0] - m), b[1] * math.exp(b[0] - m))))


def _pieces(x: np.ndarray, n: int) -> Iterator[np.ndarray]:
    small, extra = divmod(x.shape[0], n)
    it = itertools.accumulate([small + 1] * extra + [small] * (n - extra), initial=0)
    for lo, hi in itertools.pairwise(it):
        yield x[lo:hi]


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    if x.ndim != 1:
        raise ValueError("x must have one dimension")
    if n_chunks < 1:
        raise ValueError("n_chunks must be at least 1")
    dtype = x.dtype if np.issubdtype(x.dtype, np.floating) else np.dtype(np.float64)
    locals_, total = [], (-math.inf, 0.0)
    for piece in _pieces(x, n_chunks):
        p = piece.astype(np.float64)
        m = float(p.max()) if p.size else -math.inf
        e = np.zeros(p.shape) if m == -math.inf else np.exp(p - m)
        locals_.append((m, e))
        total = merge(total, (m, float(e.sum())))
    m_all, d_all = total
    if d_all == 0.0:
        return np.full(x.shape, np.nan, dtype=dtype)
    return np.concatenate([e * (math.exp(m - m_all) / d_all) for m, e in locals_]).astype(dtype)
