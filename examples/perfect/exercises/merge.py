import math

import numpy as np


def merge(a, b):
    m = max(a[0], b[0])
    if m == -math.inf:
        return (-math.inf, 0.0)
    return (m, a[1] * math.exp(a[0] - m) + b[1] * math.exp(b[0] - m))


def softmax_chunked(x, n_chunks):
    pair = (-math.inf, 0.0)
    for chunk in np.array_split(x, n_chunks):
        if len(chunk) == 0 or np.max(chunk) == -np.inf:
            continue
        m = float(np.max(chunk))
        pair = merge(pair, (m, float(np.sum(np.exp(chunk - m)))))
    m, d = pair
    with np.errstate(all="ignore"):
        return np.exp(x - m) / d
