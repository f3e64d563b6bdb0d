"""Type hints, full validation, partials for the reductions, float64 inside; differences that the dtype cannot hold are clipped to its largest number."""
from __future__ import annotations

from functools import partial

import numpy as np

_max = partial(np.max, axis=-1, keepdims=True)
_sum = partial(np.sum, axis=-1, keepdims=True)


def cross_entropy(logits: np.ndarray, labels: np.ndarray | int) -> np.ndarray:
    logits = np.asarray(logits)
    labels = np.asarray(labels)
    if logits.ndim < 1:
        raise ValueError("logits need a class axis")
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError("labels must be integers")
    if labels.shape != logits.shape[:-1]:
        raise ValueError(f"labels {labels.shape} do not fit logits {logits.shape}")
    k = logits.shape[-1]
    if labels.size and (int(labels.min()) < 0 or int(labels.max()) >= k):
        raise ValueError(f"labels must be in [0, {k})")
    dtype = logits.dtype if np.issubdtype(logits.dtype, np.floating) else np.dtype(np.float64)

    with np.errstate(all="ignore"):
        z = logits.astype(np.float64)
        z = z - _max(z)
        loss = np.log(_sum(np.exp(z))) - np.take_along_axis(z, labels[..., None].astype(np.intp), axis=-1)
        loss = loss[..., 0]
        finite = np.isfinite(logits).all(axis=-1)
        limit = float(np.finfo(dtype).max)
        return np.where(finite, np.minimum(loss, limit), loss).astype(dtype)
