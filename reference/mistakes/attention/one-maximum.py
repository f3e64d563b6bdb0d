"""one maximum for all queries

`scores.max()` without an axis is the largest score of all queries. For a query whose
scores lie far below it, all weights vanish, and 0/0 is NaN. Each query has a softmax, and
a maximum, of its own.
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
    m = -math.inf
    d = out = np.zeros((len(q), 1), np.float32 if q.dtype == np.float16 else q.dtype)
    scaled = q.astype(d.dtype) * d.dtype.type(scale)
    for k, v in kv_blocks:
        scores = scaled @ k.T
        top = max(m, scores.max())
        weights = np.exp(scores - top)
        rescale = np.exp(m - top)
        d = d * rescale + weights.sum(axis=1, keepdims=True)
        out = out * rescale + weights @ v
        m = top
    return (out / d).astype(q.dtype)
