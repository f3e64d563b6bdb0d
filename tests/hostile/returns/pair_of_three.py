"""The right pair, and one item more."""

import math


def online_normalizer(stream):
    m, d = -math.inf, 0.0
    for x in stream:
        new = max(m, x)
        d = d * math.exp(m - new) + math.exp(x - new) if new > -math.inf else 0.0
        m = new
    return m, d, "passed"


def softmax_online(x):
    return x, x, x
