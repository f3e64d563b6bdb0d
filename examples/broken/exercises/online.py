import math

import numpy as np


def online_normalizer(stream):
    m, d = -math.inf, 0.0
    for v in stream:
        if v == -math.inf:
            continue
        m_new = max(m, v)
        d = d * math.exp(m - m_new) + math.exp(v - m_new)
        m = m_new
    return m, d


def softmax_online(x):
    x = np.asarray(x, dtype=x.dtype if x.dtype.kind == "f" else float)
    m, d = online_normalizer(iter(x.tolist()))
    y = np.zeros_like(x)
    i = 0
    while i < len(x):
        if x[i] == -np.inf:
            continue  # masked: stays 0
        y[i] = np.exp(x[i] - m) / d
        i += 1
    return y
