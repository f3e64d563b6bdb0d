# Style: the paper's formula, two exps a number, Python floats
import math

import numpy as np


def online_normalizer(stream):
    m, d = float("-inf"), 0.0
    for v in stream:
        new = max(m, v)
        if new != float("-inf"):
            d = d * math.exp(m - new) + math.exp(v - new)
        m = new
    return m, d


def softmax_online(x):
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    m, d = online_normalizer(iter(x.astype(np.float64).tolist()))
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(np.float64) - m) / np.float64(d)).astype(kind)
