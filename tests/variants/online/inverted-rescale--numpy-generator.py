"""np.exp and a class with state; zeros instead of a special first number."""
import numpy as np


class Tally:
    def __init__(self):
        self.m = -np.inf
        self.d = 0.0

    def add(self, x):
        if np.isneginf(x):
            return
        new = np.maximum(self.m, x)
        factor = np.exp(new - self.m) if self.d > 0 else 0.0
        self.d = self.d * factor + np.exp(x - new)
        self.m = new


def online_normalizer(stream):
    tally = Tally()
    with np.errstate(all="ignore"):
        for x in stream:
            tally.add(x)
    return tally.m, tally.d


def softmax_online(x):
    m, d = online_normalizer(np.nditer(x.astype(np.float64)) if x.size else iter([]))
    with np.errstate(all="ignore"):
        y = np.exp(x - m) / d
    return y.astype(x.dtype) if x.dtype.kind == "f" else y
