"""The right pair, each number in an array of one item."""

import math

import numpy as np


def online_normalizer(stream):
    m, d = -math.inf, 0.0
    for x in stream:
        new = max(m, x)
        d = d * math.exp(m - new) + math.exp(x - new) if new > -math.inf else 0.0
        m = new
    return np.array([m]), np.array([d])


def softmax_online(x):
    return x, x
