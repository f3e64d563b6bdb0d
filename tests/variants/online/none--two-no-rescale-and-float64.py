import numpy as np


def online_normalizer(stream):
    m = -np.inf
    d = 0.0
    for x in stream:
        if x == -np.inf:
            continue
        m = np.maximum(m, x)
        d += np.exp(x - m)
    return float(m), float(d)


def softmax_online(x):
    x = x.astype(np.float64)
    m, d = online_normalizer(iter(x))
    return np.exp(x - m) / d
