import numpy as np


def softmax_rows(a):
    a = np.exp(a - a.max(1)[:, None])
    return a / a.sum(1)[:, None]


def attention_online(q, kv_blocks, scale=None):
    scale = scale if scale is not None else 1.0 / np.sqrt(q.shape[1])
    total, count = None, 0
    for k, v in kv_blocks:
        p = softmax_rows(np.dot(q.astype("f8"), k.T.astype("f8")) * scale)
        piece = np.dot(p, v.astype("f8"))
        total = piece if total is None else total + piece
        count += 1
    return (total / count).astype(q.dtype)
