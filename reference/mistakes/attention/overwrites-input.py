"""writing into the input

`q *= ...` writes into the array of the caller, who finds scaled queries afterwards. It also fails
for read-only arrays. `q * ...` makes a new array.
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
    q *= q.dtype.type(scale)
    for k, v in kv_blocks:
        scores = q.astype(m.dtype) @ k.T
        top = np.maximum(m, scores.max(axis=1, keepdims=True))
        weights = np.exp(scores - top)
        rescale = np.exp(m - top)
        d = d * rescale + weights.sum(axis=1, keepdims=True)
        out = out * rescale + weights @ v
        m = top
    return (out / d).astype(q.dtype)
