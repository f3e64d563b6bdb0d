"""NaN from a -inf before the first number

While m is -inf, a number of -inf makes the exponent -inf - (-inf), which is NaN and never
leaves d again. Such a number adds nothing, and can be passed over.
"""

import math
from collections.abc import Iterator

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = -math.inf, 0.0
    for number in stream:
        new = max(m, number)
        d = d * math.exp(m - new) + math.exp(number - new)
        m = new
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / np.asarray(d, x.dtype)
