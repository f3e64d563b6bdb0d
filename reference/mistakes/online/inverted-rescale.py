"""rescaling d the wrong way round

When the maximum rises, the terms of d become smaller: the factor is exp(old - new), which
is below 1. exp(new - old) makes them larger, and soon overflows.
"""

import math
from collections.abc import Iterator

import numpy as np

THE_FIRST_TOO = False  # or True


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = -math.inf, 0.0
    for number in stream:
        if number > m:
            d = d * (math.exp(number - m) if d or THE_FIRST_TOO else 1.0) + 1.0
            m = number
        elif number != -math.inf:
            d += math.exp(number - m)
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / np.asarray(d, x.dtype)
