"""np.longdouble and a branch for records."""
import numpy as np


def online_normalizer(stream):
    highest = -np.inf
    weight = np.longdouble(1)
    for x in stream:
        if x > highest:
            weight = weight * np.exp(np.longdouble(highest - x)) + 1
            highest = x
        elif x != -np.inf:
            weight += np.exp(np.longdouble(x - highest))
    return float(highest), float(weight)


def softmax_online(x):
    m, d = online_normalizer(iter(x))
    with np.errstate(all="ignore"):
        y = np.exp(np.asarray(x, dtype=np.float64) - m) / d
    return y.astype(x.dtype if x.dtype.kind == "f" else np.float64)
