"""One walk for the maximum, another for the sum."""

import numpy as np


def online_normalizer(stream):
    m = max(stream, default=-np.inf)
    return m, float(sum(np.exp(x - m) for x in stream))


def softmax_online(x):
    x = np.asarray(x)
    wide = x.astype(np.float64)
    e = np.exp(wide - wide.max())
    return (e / e.sum()).astype(x.dtype if x.dtype.kind == "f" else np.float64)
