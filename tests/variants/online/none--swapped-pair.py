"""The pair is given as (d, m)."""
import math

import numpy as np


def online_normalizer(stream):
    m, d = -math.inf, 0.0
    for x in stream:
        if x == -math.inf:
            continue
        top = max(m, x)
        d = d * math.exp(m - top) + math.exp(x - top)
        m = top
    return d, m


def softmax_online(x):
    d, m = online_normalizer(iter(x.tolist()))
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(float) - m) / np.float64(d)).astype(x.dtype if x.dtype.kind == "f" else float)
