"""Each block becomes a triple (m, d, o); functools.reduce merges the triples lazily."""
from functools import reduce

import numpy as np


def _merge(a, b):
    (ma, da, oa), (mb, db, ob) = a, b
    m = np.maximum(ma, mb)
    ref = np.where(m == -np.inf, 0.0, m)
    wa, wb = np.exp(ma - ref), np.exp(mb - ref)
    return m, da * wa + db * wb, oa * wa + ob * wb


def attention_online(q, kv_blocks, scale=None):
    q64 = q.astype(np.float64)
    c = q.shape[1] ** -0.5 if scale is None else scale

    def triple(block):
        k, v = block
        s = np.einsum("id,jd->ij", q64, k.astype(np.float64)) * c
        m = s.max(axis=1, initial=-np.inf, keepdims=True)
        p = np.exp(s - np.where(m == -np.inf, 0.0, m))
        return m, p.sum(axis=1, keepdims=True), p @ v.astype(np.float64)

    _, d, o = reduce(_merge, map(triple, kv_blocks))
    return (o / d).astype(q.dtype)
