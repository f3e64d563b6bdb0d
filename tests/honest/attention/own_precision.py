"""In the input's own precision throughout; the queries are scaled before the product."""
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    t = q.dtype.type
    qs = q * t(1 / np.sqrt(q.shape[1]) if scale is None else scale)
    m = l = acc = None
    for k, v in kv_blocks:
        if len(k) == 0:
            if acc is None:
                m = np.full((len(q), 1), -np.inf, q.dtype)
                l = np.zeros((len(q), 1), q.dtype)
                acc = np.zeros((len(q), v.shape[1]), q.dtype)
            continue
        s = qs @ k.T
        top = s.max(axis=1, keepdims=True)
        if acc is None:
            m = top
            p = np.exp(s - m)
            l = p.sum(axis=1, keepdims=True)
            acc = p @ v
            continue
        new = np.maximum(m, top)
        fix = np.exp(m - new)
        p = np.exp(s - new)
        l = l * fix + p.sum(axis=1, keepdims=True)
        acc = acc * fix + p @ v
        m = new
    return acc / l
