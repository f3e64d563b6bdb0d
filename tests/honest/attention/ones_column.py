"""A column of ones is glued to v, so the denominator is the last column of the accumulator."""
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    tq = q.shape[0]
    scale = 1.0 / np.sqrt(q.shape[1]) if scale is None else scale
    qT = q.astype(np.float64).T * scale
    top = np.full(tq, -np.inf)
    acc = None
    for k, v in kv_blocks:
        v1 = np.hstack([v.astype(np.float64), np.ones((len(v), 1))])
        if acc is None:
            acc = np.zeros((v1.shape[1], tq))
        if len(k) == 0:
            continue
        s = k.astype(np.float64) @ qT                       # (Bk, Tq): transposed scores
        new = np.maximum(top, s.max(axis=0))
        acc = acc * np.exp(top - new) + v1.T @ np.exp(s - new)
        top = new
    return np.ascontiguousarray((acc[:-1] / acc[-1]).T.astype(q.dtype))
