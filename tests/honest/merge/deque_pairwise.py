"""A queue: the two oldest pairs are merged and put back until one is left."""
from collections import deque

import numpy as np


def merge(a, b):
    ma, da = float(a[0]), float(a[1])
    mb, db = float(b[0]), float(b[1])
    m = np.fmax(ma, mb)
    if np.isneginf(m):
        return float(m), 0.0
    w = np.exp(np.array([ma, mb]) - m)
    return float(m), float(w @ np.array([da, db]))


def softmax_chunked(x, n_chunks):
    y = x.astype(np.float64)
    bounds = np.linspace(0, len(y), n_chunks + 1).astype(int)
    queue = deque()
    for lo, hi in zip(bounds[:-1], bounds[1:]):
        part = y[lo:hi]
        m = part.max(initial=-np.inf)
        safe = 0.0 if np.isneginf(m) else m
        queue.append((m, np.exp(part - safe).sum()))
    while len(queue) > 1:
        queue.append(merge(queue.popleft(), queue.popleft()))
    m, d = queue.pop()
    with np.errstate(all="ignore"):
        return (np.exp(y - m) / np.float64(d)).astype(x.dtype if x.dtype.kind == "f" else np.float64)
