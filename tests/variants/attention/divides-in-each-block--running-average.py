import numpy as np


def attention_online(q, kv_blocks, scale=None):
    s = q.shape[-1] ** -0.5 if scale is None else scale
    top = np.full((q.shape[0], 1), -np.inf)
    norm = np.zeros((q.shape[0], 1))
    mean = 0.0
    for k, v in kv_blocks:
        scores = np.einsum("td,bd->tb", q.astype(np.float64), k.astype(np.float64)) * s
        raised = np.maximum(top, scores.max(axis=1, keepdims=True))
        shrink = np.exp(top - raised)
        w = np.exp(scores - raised)
        norm = norm * shrink + w.sum(axis=1, keepdims=True)
        mean = (mean * shrink + np.einsum("tb,be->te", w, v.astype(np.float64))) / norm
        top = raised
    return mean.astype(q.dtype)
