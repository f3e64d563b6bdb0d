"""Queries and scores are scaled, query by query, in float64."""
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    if scale is None:
        scale = 1 / np.sqrt(q.shape[1])
    queries = [row * float(scale) for row in q.astype(np.float64)]
    tops = [-np.inf] * len(queries)
    sums = [0.0] * len(queries)
    outs = [0.0] * len(queries)
    for k, v in kv_blocks:
        for i, row in enumerate(queries):
            s = k.astype(np.float64).dot(row) * float(scale)
            top = max(tops[i], s.max())
            old, p = np.exp(tops[i] - top), np.exp(s - top)
            tops[i], sums[i], outs[i] = top, sums[i] * old + p.sum(), outs[i] * old + p.dot(v.astype(np.float64))
    return np.array([o / d for o, d in zip(outs, sums)]).astype(q.dtype)
