"""Vectorised over the queries, one key at a time."""
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    if scale is None:
        scale = np.reciprocal(np.sqrt(float(q.shape[1])))
    qd = q.astype(np.float64)
    m, d, o = None, None, None
    for keys, values in kv_blocks:
        for k, v in zip(keys.astype(np.float64), values.astype(np.float64)):
            s = (qd @ k) * scale
            if m is None:
                m, d, o = s, s * 0.0 + 1.0, np.outer(np.ones(len(s)), v)
                continue
            top = np.maximum(m, s)
            keep, new = np.exp(m - top), np.exp(s - top)
            m, d = top, d * keep + new
            o = o * keep[:, None] + np.multiply.outer(new, v)
    return (o / d[:, None]).astype(q.dtype)
