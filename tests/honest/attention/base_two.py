"""exp2, with log2(e) folded into the scale as the Triton kernels do."""
import numpy as np


def attention_online(q, kv_blocks, scale=None):
    scale = 1.0 / np.sqrt(q.shape[1]) if scale is None else scale
    qk_scale = float(scale) * 1.44269504088896340736
    qf = q.astype(np.float64) * qk_scale
    m_i = np.full(len(q), -np.inf)
    l_i = np.zeros(len(q))
    acc = 0.0
    for k, v in kv_blocks:
        qk = qf @ k.astype(np.float64).T
        m_ij = np.maximum(m_i, np.max(qk, axis=1, initial=-np.inf))
        base = np.where(np.isneginf(m_ij), 0.0, m_ij)
        p = np.exp2(qk - base[:, None])
        alpha = np.exp2(m_i - base)
        l_i = l_i * alpha + p.sum(1)
        acc = acc * alpha[:, None] + p @ v.astype(np.float64)
        m_i = m_ij
    return (acc / l_i[:, None]).astype(q.dtype)
