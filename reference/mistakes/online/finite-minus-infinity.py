"""a large negative number in place of -inf

Before the first number the maximum is -inf. A number such as -1e9 does its service until all
numbers of the stream are below it: then none is ever a new maximum, and every exponential
vanishes.
"""

import math

import numpy as np

LOWEST = -1e9  # or -1e6, -1e10, -1e18, -1e20, -1e30, -1e38, -1e300
TELLS_OF_NOTHING = True  # or False


def online_normalizer(stream):
    m, d = LOWEST, 0.0
    for number in stream:
        if number == -math.inf:
            continue
        top = max(m, number)
        d = d * math.exp(m - top) + math.exp(number - top)
        m = top
    return (m, d) if d or not TELLS_OF_NOTHING else (-math.inf, 0.0)


def softmax_online(x):
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.exp(x - m) / d
