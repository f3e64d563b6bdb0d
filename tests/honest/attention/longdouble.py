"""Extended precision for everything, rounded at the end."""
import numpy as np

LD = np.longdouble


def attention_online(q, kv_blocks, scale=None):
    query = q.astype(LD) * (LD(1) / np.sqrt(LD(q.shape[1])) if scale is None else LD(scale))
    m = np.full(q.shape[0], LD(-np.inf))
    d = np.zeros(q.shape[0], LD)
    o = None
    for k, v in kv_blocks:
        if o is None:
            o = np.zeros((q.shape[0], v.shape[1]), LD)
        if k.size == 0:
            continue
        s = np.dot(query, k.astype(LD).T)
        new = np.maximum(m, s.max(axis=1))
        r = np.exp(m - new)
        e = np.exp(s - new[:, np.newaxis])
        d = d * r + e.sum(axis=1)
        o = o * r[:, np.newaxis] + np.dot(e, v.astype(LD))
        m = new
    return (o / d[:, np.newaxis]).astype(q.dtype)
