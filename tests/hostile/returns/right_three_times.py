"""Right in the first three calls, wrong in all others."""

import itertools

import numpy as np

calls = itertools.count()


def softmax_stable(x, axis=-1):
    if next(calls) >= 3:
        return np.full_like(x, 0.5)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
