"""max(..., default) and a generator in sum()."""
from math import exp

import numpy as np


def online_normalizer(stream):
    m = max(stream, default=-np.inf)
    return m, sum((exp(x - m) for x in stream), 0.0)


def softmax_online(x):
    z = x.astype(np.float64)
    m = z.max()
    d = np.exp(z - m).sum()
    return (np.exp(z - m) / d).astype(x.dtype if x.dtype.kind == "f" else np.float64)
