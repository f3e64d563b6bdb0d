import numpy as np


def attention_online(q, kv_blocks, scale=None):
    scale = 1 / np.sqrt(q.shape[1]) if scale is None else scale
    k = np.concatenate([k for k, _ in kv_blocks])
    v = np.concatenate([v for _, v in kv_blocks])
    s = q @ k.T * scale
    p = np.exp(s - s.max(axis=1, keepdims=True))
    return p @ v / p.sum(axis=1, keepdims=True)
