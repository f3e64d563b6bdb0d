"""functools.reduce over the blocks with a tuple as state."""
from functools import reduce

import numpy as np


def attention_online(q, kv_blocks, scale=None):
    factor = scale if scale is not None else q.shape[1] ** -0.5
    wide = q.astype(np.float64) * factor

    def add(state, block):
        k, v = (a.astype(np.float64) for a in block)
        m, d, o = state
        s = wide @ k.T
        top = np.maximum(m, s.max(axis=1))
        p = np.exp(s - top[:, None])
        return top, d * np.exp(m - top) + p.sum(axis=1), o + p @ v

    start = np.full(len(q), -np.inf), np.zeros(len(q)), 0.0
    _, d, o = reduce(add, kv_blocks, start)
    return (o / d[:, None]).astype(q.dtype)
