"""not rescaling d

When a block raises a query's maximum, the weighted sum of values is brought to the new
one, but d still holds weights relative to the old one, and is too large. The weights of
the answer then do not sum to 1.
"""

import math
from collections.abc import Iterator

import numpy as np


def attention_online(
    q: np.ndarray,
    kv_blocks: Iterator[tuple[np.ndarray, np.ndarray]],
    scale: float | None = None,
) -> np.ndarray:
    if scale is None:
        scale = 1 / math.sqrt(q.shape[1])
    m = np.full((len(q), 1), -math.inf, np.float32 if q.dtype == np.float16 else q.dtype)
    d = out = np.zeros_like(m)
    scaled = q.astype(m.dtype) * m.dtype.type(scale)
    for k, v in kv_blocks:
        scores = scaled @ k.T
        top = np.maximum(m, scores.max(axis=1, keepdims=True))
        weights = np.exp(scores - top)
        rescale = np.exp(m - top)
        d = d + weights.sum(axis=1, keepdims=True)
        out = out * rescale + weights @ v
        m = top
    return (out / d).astype(q.dtype)
