"""an answer that is always float64

The values are right, and computing in float64 is allowed. But float16 and float32 queries
must give answers in their own type.
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
    q = q.astype(np.float64) * scale
    m = np.full((len(q), 1), -math.inf)
    d = out = np.zeros_like(m)
    for k, v in kv_blocks:
        scores = q @ k.T
        top = np.maximum(m, scores.max(axis=1, keepdims=True))
        weights = np.exp(scores - top)
        rescale = np.exp(m - top)
        d = d * rescale + weights.sum(axis=1, keepdims=True)
        out = out * rescale + weights @ v
        m = top
    return out / d
