"""As ring attention does: the output stays normalised and is blended by log-sum-exps kept relative to the peak."""
import numpy as np

from log_sum_exp import log_sum_exp


def attention_online(q, kv_blocks, scale=None):
    scale = 1.0 / np.sqrt(q.shape[1]) if scale is None else scale
    qw = q.astype(np.float64)
    peak = np.full(len(q), -np.inf)      # running maximum
    rel = np.full(len(q), -np.inf)       # log-sum-exp minus the running maximum
    out = None
    for k, v in kv_blocks:
        if out is None:
            out = np.zeros((len(q), v.shape[1]))
        if k.shape[0] == 0:
            continue
        s = qw @ k.astype(np.float64).T * scale
        top = s.max(axis=1)
        s = s - top[:, None]
        block_rel = log_sum_exp(s, axis=1)
        block_out = np.exp(s - block_rel[:, None]) @ v.astype(np.float64)
        new_peak = np.maximum(peak, top)
        a, b = rel + (peak - new_peak), block_rel + (top - new_peak)
        rel = np.logaddexp(a, b)
        out = out * np.exp(a - rel)[:, None] + block_out * np.exp(b - rel)[:, None]
        peak = new_peak
    return out.astype(q.dtype)
