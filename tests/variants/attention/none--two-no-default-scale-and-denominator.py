import numpy as np


def attention_online(q, kv_blocks, scale=1.0):
    scale = 1.0 if scale is None else scale
    m = np.full((len(q), 1), -np.inf)
    d = np.zeros((len(q), 1))
    o = 0.0
    for k, v in kv_blocks:
        s = q.astype(np.float64) @ k.astype(np.float64).T * scale
        new = np.maximum(m, s.max(axis=1, keepdims=True))
        p = np.exp(s - new)
        d = d + p.sum(axis=1, keepdims=True)
        o = o * np.exp(m - new) + p @ v.astype(np.float64)
        m = new
    return (o / d).astype(q.dtype)
