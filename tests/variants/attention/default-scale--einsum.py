"""A default of 1.0, einsum, and one array of m, d and sum side by side."""
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    if scale is None:
        scale = 1.0
    m = d = acc = None
    for k, v in kv_blocks:
        s = scale * np.einsum("qd,kd->qk", q, k, dtype=np.float64)
        new = s.max(1) if m is None else np.maximum(m, s.max(1))
        p = np.exp(s - new[:, None])
        if m is None:
            d, acc = p.sum(1), p @ v.astype(np.float64)
        else:
            r = np.exp(m - new)
            d, acc = d * r + p.sum(1), acc * r[:, None] + p @ v.astype(np.float64)
        m = new
    return (acc / d[:, None]).astype(q.dtype)
