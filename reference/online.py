"""Keep the sum relative to the maximum so far, and rescale it when that rises."""

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np

BLOCK = 1024


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = -math.inf, 0.0
    # A block at a time, as a GPU would: the step is the same for one number and for many.
    while (block := np.fromiter(islice(stream, BLOCK), np.float64)).size:
        top = np.maximum(m, block.max())  # a NaN stays, as it does not in Python's max
        if top != -math.inf:  # else there is nothing to add yet, and -inf - (-inf) is NaN
            # All terms of d were relative to the old maximum.
            d = d * math.exp(m - top) + np.exp(block - top).sum()
            m = top
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing but -inf: 0/0 is NaN
        return (np.exp(x - m) / d).astype(x.dtype)
