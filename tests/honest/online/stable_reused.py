# Style: the normaliser by a generator, softmax in the type of x
import math

import numpy as np


def _pairs(stream):
    m, d = -math.inf, 0.0
    yield m, d
    for v in stream:
        if v > m:
            m, d = v, 1.0 + (d * math.exp(m - v) if d else 0.0)
        elif not math.isinf(v):
            d += math.exp(v - m)
        yield m, d


def online_normalizer(stream):
    for pair in _pairs(stream):  # noqa: B007 (its last value is the answer)
        pass
    return pair


def softmax_online(x):
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    m, d = online_normalizer(iter([float(v) for v in x]))
    if m == -math.inf:
        return np.full(x.shape, np.nan, x.dtype)
    y = np.empty_like(x)
    for i in range(len(x)):
        y[i] = np.exp(x[i] - x.dtype.type(m)) / x.dtype.type(d)
    return y
