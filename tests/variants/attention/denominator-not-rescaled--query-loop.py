import math

import numpy as np


def attention_online(q, kv_blocks, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(q.shape[1])
    n = len(q)
    tops = [-math.inf] * n
    sums = [0.0] * n
    mixes = [0.0] * n
    width = 0
    for k, v in kv_blocks:
        width = v.shape[1]
        keys, values = k.astype(float), v.astype(float)
        for i in range(n):
            scores = keys @ q[i].astype(float) * scale
            new = max(tops[i], float(scores.max()))
            weights = np.exp(scores - new)
            mixes[i] = mixes[i] * math.exp(tops[i] - new) + weights @ values
            sums[i] = sums[i] + float(weights.sum())
            tops[i] = new
    out = np.empty((n, width), dtype=q.dtype)
    for i in range(n):
        out[i] = mixes[i] / sums[i]
    return out
