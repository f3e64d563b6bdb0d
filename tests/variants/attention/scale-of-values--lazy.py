"""The scale is made when the first block has come, in a generator of scores."""
import numpy as np


def blocks_of_scores(q, kv_blocks, scale):
    for k, v in kv_blocks:
        s = q @ k.T.astype(np.float64)
        s *= v.shape[-1] ** -0.5 if scale is None else scale
        yield s, v.astype(np.float64)


def attention_online(q, kv_blocks, scale=None):
    m, d, o = -np.inf, 0.0, 0.0
    for s, v in blocks_of_scores(q.astype(np.float64), kv_blocks, scale):
        new = np.maximum(m, s.max(axis=1, keepdims=True))
        p, r = np.exp(s - new), np.exp(m - new)
        m, d, o = new, d * r + p.sum(axis=1, keepdims=True), o * r + p @ v
    return (o / d).astype(q.dtype)
