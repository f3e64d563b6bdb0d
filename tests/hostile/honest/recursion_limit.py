"""A raised limit of recursion, and a recursion that needs it."""

import sys

import numpy as np

sys.setrecursionlimit(20_000)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def softmax_stable(x, axis=-1):
    assert depth(5000) == 5000
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
