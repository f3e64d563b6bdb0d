"""Keep the sum relative to the maximum so far, and rescale it when that rises."""

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = -math.inf, 0.0
    # A block at a time, as a GPU would: the step is the same for one number and for many.
    while (block := np.fromiter(islice(stream, 1024), np.float64)).size:
        top = block.max(initial=m)  # a NaN stays, as it does not in Python's max
        if top != -math.inf:  # else there is nothing to add yet, and -inf - (-inf) is NaN
            # All terms of d were relative to the old maximum.
            d = d * math.exp(m - top) + np.exp(block - top).sum()
            m = top
    return float(m), float(d)


def softmax_online(x: np.ndarray) -> np.ndarray:
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(invalid="ignore", divide="ignore"):  # nothing but -inf: 0/0 is NaN
        # m and d are Python floats: the type of x stays, and integers become float64.
        return np.exp(x - m) / d
