"""A Python float for m of them all, np.tensordot for the products."""
import math

import numpy as np


def attention_online(q, kv_blocks, scale=None):
    if scale is None:
        scale = 1 / math.sqrt(q.shape[1])
    m = -math.inf
    d = 0.0
    o = 0.0
    with np.errstate(all="ignore"):
        for k, v in kv_blocks:
            s = np.tensordot(q.astype(float), k.astype(float), axes=(1, 1)) * scale
            top = max(m, float(s.max()))
            shrink = math.exp(m - top)
            e = np.exp(s - top)
            d = d * shrink + e.sum(axis=1)
            o = o * shrink + np.tensordot(e, v.astype(float), axes=(1, 0))
            m = top
        return (o / d[:, None]).astype(q.dtype)
