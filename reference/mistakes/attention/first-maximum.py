"""keeping the maximum of the first block

Any shift gives the same answer as long as nothing overflows. But a later block can have
scores far above all of the first one, and exp of the difference is then too large for the
type. The maximum has to follow the scores.
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
    m = None
    d = out = np.zeros((len(q), 1), np.float32 if q.dtype == np.float16 else q.dtype)
    scaled = q.astype(d.dtype) * d.dtype.type(scale)
    for k, v in kv_blocks:
        scores = scaled @ k.T
        if m is None:
            m = scores.max(axis=1, keepdims=True)
        weights = np.exp(scores - m)
        d = d + weights.sum(axis=1, keepdims=True)
        out = out + weights @ v
    return (out / d).astype(q.dtype)
