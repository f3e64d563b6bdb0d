# Style: two branches, one exp a number
import math

import numpy as np


def online_normalizer(stream):
    m, d = -math.inf, 0.0
    for v in stream:
        if v == -math.inf:
            continue
        if v <= m:
            d += math.exp(v - m)
        else:
            d = d * math.exp(m - v) + 1
            m = v
    return m, d


def softmax_online(x):
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    m, d = online_normalizer(iter(x.astype(np.float64).tolist()))
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(np.float64) - m) / np.float64(d)).astype(kind)
