"""The first number is taken by next(); math.exp after that."""
import math

import numpy as np


def online_normalizer(stream):
    m = d = None
    for x in stream:
        if x == -math.inf:
            continue
        if m is None:
            m, d = x, 1.0
        elif x <= m:
            d += math.exp(x - m)
        else:
            d += math.exp(m - x)
            m = x
    return (-math.inf, 0.0) if m is None else (m, d)


def softmax_online(x):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    if np.isnan(x).any():
        return np.full(x.shape, np.nan, dtype=kind)
    m, d = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return np.array([np.exp(v - m) / np.float64(d) for v in x.tolist()], dtype=kind)
