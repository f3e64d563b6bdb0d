"""For each query m, d and the weighted sum of values, rescaled when m rises."""

import math
from collections.abc import Iterator

import numpy as np


def attention_online(
    q: np.ndarray,
    kv_blocks: Iterator[tuple[np.ndarray, np.ndarray]],
    scale: float | None = None,
) -> np.ndarray:
    queries, dim = q.shape
    if scale is None:
        scale = 1 / math.sqrt(dim)
    m = np.full((queries, 1), -math.inf)
    d = out = 0.0
    for k, v in kv_blocks:
        scores = q @ k.T * scale
        top = np.maximum(m, scores.max(axis=1, keepdims=True))
        weights = np.exp(scores - top)
        # Both sums were relative to the old maximum. At first that is -inf: exp gives 0.
        rescale = np.exp(m - top)
        d = d * rescale + weights.sum(axis=1, keepdims=True)
        out = out * rescale + weights @ v
        m = top
    return (out / d).astype(q.dtype)
