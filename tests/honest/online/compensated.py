# Style: compensated summation
import math

import numpy as np


def online_normalizer(stream):
    m, d, lost = -math.inf, 0.0, 0.0
    for v in stream:
        if v == -math.inf:
            continue
        if v > m:
            scale = math.exp(m - v)
            m, d, lost = v, d * scale, lost * scale
        term = math.exp(v - m) - lost
        total = d + term
        lost = (total - d) - term
        d = total
    return m, d


def softmax_online(x):
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    m, d = online_normalizer(iter(x.astype(np.float64).tolist()))
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(np.float64) - m) / np.float64(d)).astype(kind)
