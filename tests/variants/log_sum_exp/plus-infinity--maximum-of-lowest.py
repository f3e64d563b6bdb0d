import numpy as np


class Slices:
    def __init__(self, x, axis):
        self.axis = axis
        self.x = x.astype(np.float64)
        self.type = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
        self.top = np.amax(self.x, axis=axis, keepdims=True)

    def lse(self):
        # all masked: anything finite will do
        c = np.maximum(self.top, np.finfo(float).min)
        return c + np.log(np.sum(np.exp(self.x - c), axis=self.axis, keepdims=True))


def log_sum_exp(x, axis=-1):
    s = Slices(x, axis)
    value = s.lse()
    value = np.where(s.top == -np.inf, -np.inf, value)
    return value.squeeze(axis).astype(s.type)


def log_softmax(x, axis=-1):
    s = Slices(x, axis)
    value = np.where(s.top == -np.inf, -np.inf, s.lse())
    return (s.x - value).astype(s.type)
