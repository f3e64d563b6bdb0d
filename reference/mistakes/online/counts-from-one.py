"""d starts at 1

Before the first number nothing has been added, so d is 0. If the first maximum is counted
when m is set and again when it is added, d is too large by the exponential of one number.
"""

import math
from collections.abc import Iterator

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m = next(stream, -math.inf)
    d = 1.0
    for number in stream:
        if number > m:
            d *= math.exp(m - number)
            m = number
        if number != -math.inf:
            d += math.exp(number - m)
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / np.asarray(d, x.dtype)
