"""max() and np.exp, from -1e9 on."""
import numpy as np

LOWEST = -1e9


def online_normalizer(stream):
    m, d = LOWEST, 0.0
    for x in stream:
        new = max(m, x)
        d = d * np.exp(m - new) + np.exp(x - new)
        m = new
    return (m, d) if d > 0 or d != d else (-np.inf, 0.0)


def softmax_online(x):
    m, d = online_normalizer(iter(x.tolist()))
    y = np.exp(x.astype(np.float64) - m)
    with np.errstate(all="ignore"):
        y /= d
    return y.astype(x.dtype) if x.dtype.kind == "f" else y
