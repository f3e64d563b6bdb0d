"""An object with __call__ instead of a function."""

import numpy as np


class Softmax:
    def __call__(self, x, axis=-1):
        if x.shape[axis] == 0:
            raise ValueError("nothing to normalise")
        x = x if x.dtype.kind == "f" else x.astype(np.float64)
        with np.errstate(invalid="ignore"):
            e = np.exp(x - np.max(x, axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)


softmax_stable = Softmax()
