import math

import numpy as np


def online_normalizer(stream):
    m = 0.0
    d = 0.0
    for v in stream:
        if v > m:
            d = d * math.exp(m - v) + 1.0
            m = v
        else:
            d = d + math.exp(v - m)
    return m, d


def softmax_online(x):
    m, d = online_normalizer(iter(x))
    return np.exp(x - m) / d
