"""Recipe in float64, element by element; the normaliser is never called."""
import math

import numpy as np


def online_normalizer(stream):
    m, d = -math.inf, 0.0
    for x in stream:
        if x > m:
            d = d * math.exp(m - x) + 1.0
            m = x
        elif x != -math.inf:
            d = d + math.exp(x - m)
    return m, d


def softmax_online(x):
    out = np.empty(x.shape, dtype=x.dtype if x.dtype.kind == "f" else np.float64)
    with np.errstate(all="ignore"):
        e = [np.exp(np.float64(v)) for v in x]
        s = sum(e)
        for i, v in enumerate(e):
            out[i] = v / s
    return out
