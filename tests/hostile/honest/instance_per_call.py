"""A class called like a function: __new__ gives the answer and no instance."""

import numpy as np


class softmax_stable:
    def __new__(cls, x, axis=-1):
        x = x if x.dtype.kind == "f" else x.astype(np.float64)
        e = np.exp(x - x.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)
