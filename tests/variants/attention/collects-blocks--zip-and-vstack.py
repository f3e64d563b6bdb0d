import numpy as np


def attention_online(q, kv_blocks, scale=None):
    ks, vs = zip(*kv_blocks)
    k = np.vstack(ks).astype(np.float64)
    v = np.vstack(vs).astype(np.float64)
    factor = 1 / np.sqrt(q.shape[1]) if scale is None else scale
    scores = np.matmul(q.astype(np.float64), k.transpose()) * factor
    np.subtract(scores, scores.max(axis=-1, keepdims=True), out=scores)
    np.exp(scores, out=scores)
    return (scores @ v / scores.sum(axis=-1, keepdims=True)).astype(q.dtype)
