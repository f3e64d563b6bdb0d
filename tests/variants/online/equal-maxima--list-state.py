"""A list as state and np.exp of the gap to the maximum; equality falls through."""
import numpy as np


def online_normalizer(stream):
    state = [-np.inf, 0.0]
    for v in stream:
        gap = v - state[0] if v != state[0] else 0.0
        if gap > 0:
            state = [v, state[1] * np.exp(-gap) + 1.0]
        elif not gap == 0:
            state[1] += np.exp(gap)
    return tuple(state)


def softmax_online(x):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    m, d = online_normalizer(iter(x.astype(np.float64)))
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(np.float64) - m) / np.float64(d)).astype(kind)
