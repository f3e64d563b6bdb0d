# Style: merges of pairs of runs, like a binary counter
import math

import numpy as np


def _merge(a, b):
    if a[0] < b[0]:
        a, b = b, a
    if b[0] == -math.inf:
        return a
    return a[0], a[1] + b[1] * math.exp(b[0] - a[0])


def online_normalizer(stream):
    runs = []
    for count, v in enumerate(stream, start=1):
        pair = (v, 0.0 if v == -math.inf else 1.0)
        while count % 2 == 0:
            pair = _merge(runs.pop(), pair)
            count //= 2
        runs.append(pair)
    total = (-math.inf, 0.0)
    for run in reversed(runs):
        total = _merge(total, run)
    return [total[0], total[1]]


def softmax_online(x):
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    m, d = online_normalizer(iter(x.astype(np.float64).tolist()))
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(np.float64) - m) / np.float64(d)).astype(kind)
