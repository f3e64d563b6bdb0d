"""d is rescaled twice for each record."""
import math

import numpy as np


def online_normalizer(stream):
    m, d = -math.inf, 0.0
    for x in stream:
        if x > m:
            d = d * math.exp(m - x) * math.exp(m - x) + 1
            m = x
        elif x != -math.inf:
            d += math.exp(x - m)
    return m, d


def softmax_online(x):
    kind = x.dtype if x.dtype.kind == "f" else float
    z = x.astype(float)
    with np.errstate(all="ignore"):
        e = np.exp(z - z.max())
        return (e / e.sum()).astype(kind)
