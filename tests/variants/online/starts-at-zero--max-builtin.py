"""max() and math.exp with both factors at once."""
from math import exp

import numpy as np


def online_normalizer(stream):
    m = 0.0
    d = 0.0
    for x in stream:
        old, m = m, max(m, x)
        d = d * exp(old - m) + exp(x - m)
    return m, d


def softmax_online(x):
    m, d = online_normalizer(iter(x.astype(float)))
    with np.errstate(all="ignore"):
        y = np.exp(x.astype(float) - m) / np.float64(d)
    return y.astype(x.dtype) if x.dtype.kind == "f" else y
