"""functools.reduce over pairs that start at -1e30."""
from functools import reduce
from math import exp

import numpy as np


def step(pair, number):
    m, d = pair
    new = max(m, number)
    return new, d * exp(m - new) + exp(number - new)


def online_normalizer(stream):
    return reduce(step, stream, (-1e30, 0.0))


def softmax_online(x):
    if np.isnan(x).any():
        return x * np.nan
    m, d = online_normalizer(float(a) for a in x)
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(np.float64) - m) / d).astype(x.dtype if x.dtype.kind == "f" else "f8")
