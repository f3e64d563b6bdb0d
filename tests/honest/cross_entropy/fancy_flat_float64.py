"""Flattens the batch and indexes with arange, in float64, cast back at the end."""
import numpy as np


def cross_entropy(logits, labels):
    labels = np.asarray(labels)
    K = logits.shape[-1]
    if ((labels < 0) | (labels >= K)).any():
        raise ValueError("label out of range")
    dtype = logits.dtype if np.issubdtype(logits.dtype, np.floating) else np.float64
    flat = logits.reshape(labels.size, K).astype(np.float64)
    idx = labels.ravel()
    m = flat.max(axis=1)
    with np.errstate(all="ignore"):
        lse = np.log(np.exp(flat - m[:, None]).sum(axis=1))
        loss = lse + (m - flat[np.arange(len(idx)), idx])
    return loss.reshape(labels.shape).astype(dtype)
