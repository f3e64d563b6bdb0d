"""an answer that is always float64

The values are right. But float16 and float32 logits must give answers in their own type:
convert back at the end, or keep the type all along.
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
        elif number != -math.inf:
            d += math.exp(number - m)
    return m, d


def softmax_online(x: np.ndarray) -> np.ndarray:
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.array([np.exp(number - m) / np.float64(d) for number in x.tolist()])
