import numpy as np


class State:
    __slots__ = ("top", "total")

    def __init__(self):
        self.top = float("-inf")
        self.total = 0.0

    def see(self, value):
        if value == float("-inf"):
            return
        if self.top == float("-inf"):
            self.top, self.total = value, np.exp(value - value)
        elif value > self.top:
            factor = np.exp(self.top - value)
            self.total += factor
            self.top = value
        else:
            self.total += np.exp(value - self.top)


def online_normalizer(stream):
    state = State()
    for value in stream:
        state.see(value)
    return state.top, state.total


def softmax_online(x):
    kind = np.float64 if x.dtype.kind != "f" else x.dtype
    z = np.asarray(x, dtype=np.float64)
    top, total = online_normalizer(float(v) for v in z)
    if np.any(np.isnan(z)) or np.any(z == np.inf) or total == 0:
        return np.repeat(np.array(np.nan, kind), len(z))
    return (np.exp(z - top) / total).astype(kind)
