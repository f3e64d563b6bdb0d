import numpy as np


def attention_online(q, kv_blocks, scale=None):
    scale = scale or q.shape[1] ** -0.5
    m = np.full((len(q), 1), -np.inf)
    d = np.zeros((len(q), 1))
    out = 0
    for k, v in kv_blocks:
        s = q @ k.T * scale
        new = np.maximum(m, s.max(axis=1, keepdims=True))
        w = np.exp(s - new)
        d = d * np.exp(m - new) + w.sum(axis=1, keepdims=True)
        out = out + w @ v
        m = new
    return out / d
