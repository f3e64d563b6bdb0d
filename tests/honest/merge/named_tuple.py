"""The pair is a NamedTuple; the pieces are folded with functools.reduce."""
from functools import reduce
from typing import NamedTuple

import numpy as np


class Pair(NamedTuple):
    m: float
    d: float


IDENTITY = Pair(-np.inf, 0.0)


def merge(a, b):
    hi, lo = (Pair(*a), Pair(*b)) if a[0] >= b[0] else (Pair(*b), Pair(*a))
    if lo.m == -np.inf:
        return hi
    return Pair(hi.m, hi.d + lo.d * float(np.exp(lo.m - hi.m)))


def _pair_of(piece):
    live = piece[piece > -np.inf]
    if live.size == 0:
        return IDENTITY
    m = live.max()
    return Pair(float(m), float(np.exp(live - m).sum()))


def softmax_chunked(x, n_chunks):
    y = x.astype(np.float64)
    m, d = reduce(merge, map(_pair_of, np.array_split(y, n_chunks)), IDENTITY)
    with np.errstate(all="ignore"):
        p = np.exp(y - m) / np.float64(d)
    return p.astype(x.dtype if x.dtype.kind == "f" else np.float64)
