"""Plain Python: one query and one key at a time, lists of floats."""
import math
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    tq, dim = q.shape
    if scale is None:
        scale = 1.0 / math.sqrt(dim)
    queries = [[float(c) for c in row] for row in q]
    m = [-math.inf] * tq
    d = [0.0] * tq
    acc = [None] * tq
    dv = 0
    for k, v in kv_blocks:
        dv = v.shape[1]
        for key, value in zip(k.tolist(), v.tolist()):
            for i, query in enumerate(queries):
                s = scale * sum(a * b for a, b in zip(query, key))
                if acc[i] is None:
                    m[i], d[i], acc[i] = s, 1.0, list(value)
                elif s > m[i]:
                    f = math.exp(m[i] - s)
                    m[i] = s
                    d[i] = d[i] * f + 1.0
                    acc[i] = [a * f + c for a, c in zip(acc[i], value)]
                else:
                    w = math.exp(s - m[i])
                    d[i] += w
                    acc[i] = [a + w * c for a, c in zip(acc[i], value)]
                if s != s:
                    d[i] = math.nan
    out = np.empty((tq, dv), dtype=q.dtype)
    for i in range(tq):
        out[i] = [a / d[i] for a in acc[i]]
    return out
