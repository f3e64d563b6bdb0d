import numpy as np


def attention_online(q, kv_blocks, scale=None):
    if scale is None:
        scale = 1.0 / float(q.shape[1]) ** 0.5
    wide = q.astype(np.float64) * scale
    m, d, acc = -np.inf, np.zeros(len(q)), 0.0
    for k, v in kv_blocks:
        scores = wide @ k.T.astype(np.float64)
        before, m = m, np.maximum(m, scores.max(initial=-np.inf))
        factor = np.exp(before - m) if before > -np.inf else 0.0
        p = np.exp(scores - m)
        d = d * factor + p.sum(axis=1)
        acc = acc * factor + p @ v.astype(np.float64)
    with np.errstate(all="ignore"):
        return (acc / d[:, np.newaxis]).astype(q.dtype)
