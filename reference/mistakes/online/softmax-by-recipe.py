"""the naive recipe in softmax_online

The normaliser is right, but softmax_online does not use it: exp(x) is taken without a
shift, and large logits overflow. Take m and d from online_normalizer, then exp(x - m) / d.
"""

import math
from collections.abc import Iterator

import numpy as np

from exercises.naive import softmax_naive


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
    return softmax_naive(x)
