"""A bound method of an object that was made at import."""

import numpy as np


class Softmax:
    calls = 0

    def apply(self, x, axis=-1):
        self.calls += 1
        x = x if x.dtype.kind == "f" else x.astype(np.float64)
        e = np.exp(x - x.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)


softmax_stable = Softmax().apply
