"""a maximum that starts at 0

0 is a number like any other: with nothing but negative numbers, m stays 0, which is not
among them, and for very negative ones d is 0. Before the first number, the maximum is -inf.
"""

import math
from collections.abc import Iterator

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = 0.0, 0.0
    for number in stream:
        if number > m:
            d = d * math.exp(m - number) + 1.0
            m = number
        else:
            d += math.exp(number - m)
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / np.asarray(d, x.dtype)
