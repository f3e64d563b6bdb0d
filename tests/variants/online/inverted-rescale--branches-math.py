"""Branches and math.exp, which raises where NumPy gives inf."""
import math

import numpy as np


def online_normalizer(stream):
    top, total = -math.inf, 0.0
    for value in stream:
        if value == -math.inf:
            continue
        if top == -math.inf:
            top, total = value, 1.0
        elif value > top:
            total = total * math.exp(value - top) + 1.0
            top = value
        else:
            total += math.exp(value - top)
    return top, total


def softmax_online(x):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    m, d = online_normalizer(iter(x.astype(np.float64)))
    if d == 0:
        return np.full(len(x), np.nan, dtype=kind)
    return (np.exp(x.astype(np.float64) - m) / d).astype(kind)
