"""a d that starts at 1

Before the first number nothing has been added, so d is 0. The first number wipes the 1 out,
because exp(-inf) is 0, so it goes unnoticed until a stream is empty or has nothing but -inf
in it: then the 1 stays.
"""

import math
from collections.abc import Iterator

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = -math.inf, 1.0
    for number in stream:
        if number > m:
            d = d * math.exp(m - number) + 1.0
            m = number
        elif number != -math.inf:
            d += math.exp(number - m)
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / np.asarray(d, x.dtype)
