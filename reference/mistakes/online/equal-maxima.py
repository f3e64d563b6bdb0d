"""losing what equals the maximum

A number above the maximum is seen to, and one below it too, but not one that equals it: that adds
exp(0) = 1 to d. Five equal numbers have a d of 5, and here it is 1.
"""

import math
from collections.abc import Iterator

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = -math.inf, 0.0
    for number in stream:
        if number > m:
            d = d * math.exp(m - number) + 1.0
            m = number
        elif number < m or number != number:
            d += math.exp(number - m)
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / np.asarray(d, x.dtype)
