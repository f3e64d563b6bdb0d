"""not rescaling d

The terms that d holds are relative to the old maximum. When a larger number comes, all of
them have to be multiplied by exp(old - new) before it is added.
"""

import math
from collections.abc import Iterator

import numpy as np


def online_normalizer(stream: Iterator[float]) -> tuple[float, float]:
    m, d = -math.inf, 0.0
    for number in stream:
        if number == -math.inf:
            continue
        m = max(m, number)
        d += math.exp(number - m)
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / np.asarray(d, x.dtype)
