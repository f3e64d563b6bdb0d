from functools import reduce

import numpy as np


def step(pair, number):
    m, d = pair
    if number == -np.inf:
        return pair
    new = np.maximum(m, number)
    return new, d * np.exp(m - new) + np.exp(number - new)


def online_normalizer(stream):
    m, d = reduce(step, stream, (-np.inf, 1.0))
    return float(m), float(d)


def softmax_online(x):
    y = x.astype(np.float64)
    m, d = online_normalizer(iter(y))
    y = np.exp(y - m) / d
    return y.astype(x.dtype if np.issubdtype(x.dtype, np.floating) else np.float64)
