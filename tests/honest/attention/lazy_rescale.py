"""Rescales only the rows whose maximum has grown; peeks at the first block with next()."""
import itertools
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    stream = iter(kv_blocks)
    first = next(stream)
    q2 = q.astype(np.float64)
    q2 *= q.shape[1] ** -0.5 if scale is None else scale
    m = np.full(len(q), -np.inf)
    d = np.zeros(len(q))
    o = np.zeros((len(q), first[1].shape[1]))
    for k, v in itertools.chain([first], stream):
        if k.shape[0] == 0:
            continue
        s = np.inner(q2, k.astype(np.float64))
        top = s.max(axis=1)
        grown = ~(top <= m)
        if grown.any():
            f = np.exp(m[grown] - top[grown])
            d[grown] *= f
            o[grown] *= f[:, None]
            m[grown] = top[grown]
        s -= m[:, None]
        p = np.exp(s)
        d += p.sum(axis=1)
        o += p @ v.astype(np.float64)
    o /= d[:, None]
    return o.astype(q.dtype)
