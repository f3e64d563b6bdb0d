"""rescaling only the newcomer

A new maximum adds exp(new - new) = 1 to d, and it is the terms already in d that are to be
multiplied by exp(old - new). Here the factor went to the newcomer.
"""

import math
from collections.abc import Iterator

import numpy as np

THE_FIRST_TOO = False  # or True


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = -math.inf, 0.0
    for number in stream:
        if number > m:
            d += math.exp(m - number) if d or THE_FIRST_TOO else 1.0
            m = number
        elif number != -math.inf:
            d += math.exp(number - m)
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / np.asarray(d, x.dtype)
