"""ignoring a scale that is given

The scores are always divided by the square root of D. That is the default only.
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
    scaled = q.astype(m.dtype) / m.dtype.type(math.sqrt(q.shape[1]))
    for k, v in kv_blocks:
        scores = scaled @ k.T
        top = np.maximum(m, scores.max(axis=1, keepdims=True))
        weights = np.exp(scores - top)
        rescale = np.exp(m - top)
        d = d * rescale + weights.sum(axis=1, keepdims=True)
        out = out * rescale + weights @ v
        m = top
    return (out / d).astype(q.dtype)
