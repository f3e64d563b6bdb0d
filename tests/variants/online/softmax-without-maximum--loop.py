"""Second walk as a loop in float64."""
import math

import numpy as np


def online_normalizer(stream):
    state = [-math.inf, 0.0]
    for x in stream:
        if x == -math.inf:
            continue
        new = x if x > state[0] else state[0]
        state[1] = state[1] * math.exp(state[0] - new) + math.exp(x - new)
        state[0] = new
    return state


def softmax_online(x):
    biggest, total = online_normalizer(iter(x.tolist()))
    y = np.empty_like(x, dtype=x.dtype if x.dtype.kind == "f" else float)
    with np.errstate(all="ignore"):
        for i in range(x.size):
            y[i] = np.exp(np.float64(x[i])) / np.float64(total)
    return y
