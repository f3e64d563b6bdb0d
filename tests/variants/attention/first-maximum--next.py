"""next() for the first block, a for loop for the rest, in float64."""
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    scale = q.shape[1] ** -0.5 if scale is None else scale
    wide = q.astype(np.float64)

    def scores(k):
        return np.matmul(wide, k.astype(np.float64).T) * scale

    k, v = next(kv_blocks)
    s = scores(k)
    m = np.amax(s, axis=1, keepdims=True)
    with np.errstate(all="ignore"):
        p = np.exp(s - m)
        d, o = p.sum(1, keepdims=True), np.matmul(p, v.astype(np.float64))
        for k, v in kv_blocks:
            p = np.exp(scores(k) - m)
            d = d + p.sum(1, keepdims=True)
            o = o + np.matmul(p, v.astype(np.float64))
        return (o / d).astype(q.dtype)
