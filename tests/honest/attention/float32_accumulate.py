"""As PyTorch's kernels do it: float16 is accumulated in float32, the rest in its own precision."""
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    acc_type = np.float32 if q.dtype == np.float16 else q.dtype
    tq, d = q.shape
    scale = d ** -0.5 if scale is None else scale
    query = q.astype(acc_type) * acc_type_scalar(acc_type, scale)
    row_max = np.full((tq, 1), -np.inf, dtype=acc_type)
    row_sum = np.zeros((tq, 1), dtype=acc_type)
    out = None
    for k, v in kv_blocks:
        scores = query @ k.astype(acc_type).T
        new_max = np.maximum(row_max, scores.max(axis=1, keepdims=True, initial=-np.inf))
        safe = np.where(np.isneginf(new_max), acc_type_scalar(acc_type, 0), new_max)
        weights = np.exp(scores - safe)
        correction = np.exp(row_max - safe)
        row_sum = row_sum * correction + weights.sum(axis=1, keepdims=True)
        part = weights @ v.astype(acc_type)
        out = part if out is None else out * correction + part
        row_max = new_max
    return (out / row_sum).astype(q.dtype)


def acc_type_scalar(t, value):
    return np.dtype(t).type(value)
