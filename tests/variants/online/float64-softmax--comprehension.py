"""math.exp in a list comprehension, turned into an array at the end."""
import math

import numpy as np


def online_normalizer(stream):
    m = -math.inf
    d = 0.0
    for x in stream:
        if x == -math.inf:
            continue
        if x > m:
            d *= math.exp(m - x)
            m = x
        d += math.exp(x - m)
    return m, d


def softmax_online(x):
    numbers = x.tolist()
    m, d = online_normalizer(iter(numbers))
    if d == 0 or d != d or any(n != n for n in numbers):
        return np.array([math.nan for _ in numbers])
    return np.array([math.exp(n - m) / d for n in numbers])
