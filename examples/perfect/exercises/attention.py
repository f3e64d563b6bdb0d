import numpy as np


def attention_online(q, kv_blocks, scale=None):
    if scale is None:
        scale = 1 / np.sqrt(q.shape[1])
    m = np.full(len(q), -np.inf)
    d = np.zeros(len(q))
    out = None
    for k, v in kv_blocks:
        s = (q @ k.T) * scale
        new_m = np.maximum(m, s.max(axis=1))
        p = np.exp(s - new_m[:, None])
        shrink = np.exp(m - new_m)
        d = d * shrink + p.sum(axis=1)
        out = p @ v if out is None else out * shrink[:, None] + p @ v
        m = new_m
    return (out / d[:, None]).astype(q.dtype)
