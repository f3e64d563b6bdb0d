"""Both factors every time, in np.longdouble."""
import numpy as np


def online_normalizer(stream):
    m, d = np.longdouble("-inf"), np.longdouble(0)
    with np.errstate(invalid="ignore"):
        for x in stream:
            x = np.longdouble(x)
            new = np.maximum(m, x)
            d = d * np.exp(m - new) + np.exp(x - new)
            m = new
    return float(m), float(d)


def softmax_online(x):
    m, d = online_normalizer(iter(x))
    with np.errstate(invalid="ignore"):
        return (np.exp(x.astype(float) - m) / d).astype(x.dtype if x.dtype.kind == "f" else float)
