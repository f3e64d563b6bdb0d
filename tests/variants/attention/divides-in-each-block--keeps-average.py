"""An average that is kept instead of a sum, query by query."""
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(q.shape[1])
    top = np.full(len(q), -np.inf)
    weight = np.zeros(len(q))
    average = None
    for keys, values in kv_blocks:
        if average is None:
            average = np.zeros((len(q), values.shape[1]))
        for i in range(len(q)):
            s = keys.astype(float) @ q[i].astype(float) * scale
            new = max(top[i], s.max())
            shrink = np.exp(top[i] - new)
            e = np.exp(s - new)
            weight[i] = shrink * weight[i] + e.sum()
            average[i] = (shrink * average[i] + e @ values.astype(float)) / weight[i]
            top[i] = new
    return average.astype(q.dtype)
