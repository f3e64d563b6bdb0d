"""the mean of the blocks' answers

Each block gets a softmax of its own, and then all blocks count alike, also one whose
scores are far below the others'. A query's softmax runs over all keys of all blocks, and
a block weighs as much as its exponentials.
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
    wide = np.promote_types(q.dtype, np.float32)
    answers = []
    for k, v in kv_blocks:
        scores = q.astype(wide) * wide.type(scale) @ k.T
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        answers.append(weights @ v / weights.sum(axis=1, keepdims=True))
    return np.mean(answers, axis=0).astype(q.dtype)
