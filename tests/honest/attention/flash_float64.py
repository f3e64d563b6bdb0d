"""FlashAttention's recurrence (m, l, acc) in float64, cast back."""
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    if scale is None:
        scale = 1.0 / np.sqrt(q.shape[-1])
    q64 = q.astype(np.float64)
    m = np.full(q.shape[0], -np.inf)
    l = np.zeros(q.shape[0])
    acc = None
    for k, v in kv_blocks:
        if acc is None:
            acc = np.zeros((q.shape[0], v.shape[1]))
        if k.shape[0] == 0:
            continue
        s = (q64 @ k.astype(np.float64).T) * scale
        m_new = np.maximum(m, s.max(axis=1))
        alpha = np.exp(m - m_new)
        p = np.exp(s - m_new[:, None])
        l = l * alpha + p.sum(axis=1)
        acc = acc * alpha[:, None] + p @ v.astype(np.float64)
        m = m_new
    return (acc / l[:, None]).astype(q.dtype)
