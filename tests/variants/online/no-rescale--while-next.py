"""while True and next(), float64 throughout."""
import math

import numpy as np


def online_normalizer(stream):
    m, d = float("-inf"), 0.0
    while True:
        try:
            x = next(stream)
        except StopIteration:
            return m, d
        if math.isinf(x) and x < 0:
            continue
        if x > m:
            m = x
        d = d + math.exp(x - m)


def softmax_online(x):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    m, d = online_normalizer(iter(x.tolist()))
    if d == 0:
        d = math.nan
    return np.divide(np.exp(np.subtract(x, m, dtype=np.float64)), d).astype(kind)
