"""The pieces are merged as a balanced binary tree, by recursion."""
import math
import numpy as np


def merge(a, b):
    (ma, da), (mb, db) = a, b
    if ma == mb:
        return ma, da + db
    if ma > mb:
        return ma, da + db * math.exp(mb - ma)
    return mb, db + da * math.exp(ma - mb)


def _leaf(piece):
    m = max(piece, default=-math.inf)
    if m == -math.inf:
        return -math.inf, 0.0
    return m, math.fsum(math.exp(v - m) for v in piece)


def _tree(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = len(leaves) // 2
    return merge(_tree(leaves[:half]), _tree(leaves[half:]))


def softmax_chunked(x, n_chunks):
    values = [float(v) for v in x]
    n = len(values)
    cuts = [i * n // n_chunks for i in range(n_chunks + 1)]
    m, d = _tree([_leaf(values[lo:hi]) for lo, hi in zip(cuts, cuts[1:])])
    if d == 0:
        out = [math.nan] * n
    else:
        out = [math.exp(v - m) / d for v in values]
    return np.array(out, dtype=x.dtype if x.dtype.kind == "f" else np.float64)
