"""The student's own merge keeps (m, d) of every query; the weighted values follow it."""
import numpy as np

from exercises.merge import merge


def attention_online(q, kv_blocks, scale=None):
    n, dim = q.shape
    if scale is None:
        scale = 1.0 / dim ** 0.5
    wide = q.astype(np.float64)
    pairs = [(-np.inf, 0.0)] * n
    out = None
    for k, v in kv_blocks:
        k, v = k.astype(np.float64), v.astype(np.float64)
        if out is None:
            out = np.zeros((n, v.shape[1]))
        if not len(k):
            continue
        for i in range(n):
            s = (k @ wide[i]) * scale
            top = s.max()
            p = np.exp(s - top)
            old = pairs[i][0]
            pairs[i] = merge(pairs[i], (float(top), float(p.sum())))
            new = pairs[i][0]
            out[i] = out[i] * np.exp(old - new) + (p @ v) * np.exp(top - new)
    d = np.array([pair[1] for pair in pairs], dtype=np.float64).reshape(n, 1)
    return (out / d).astype(q.dtype)
