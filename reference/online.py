"""Keep the sum relative to the maximum so far, and rescale it when that rises."""

import math
from collections.abc import Iterator

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = -math.inf, 0.0
    for number in stream:
        if number > m:
            # All terms of d were relative to the old maximum; the newcomer adds exp(0).
            d = d * math.exp(m - number) + 1.0
            m = number
        elif number != -math.inf:  # which adds nothing, and -inf - (-inf) is NaN
            d += math.exp(number - m)
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing but -inf: 0/0 is NaN
        # m and d are Python floats, which leave the type of x as it is.
        return np.exp(x - m) / np.asarray(d, x.dtype)
