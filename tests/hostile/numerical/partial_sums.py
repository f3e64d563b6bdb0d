"""A denominator that leaves out the last class."""

import numpy as np


def softmax_stable(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(float)
    x = np.moveaxis(x, axis, -1)
    with np.errstate(all="ignore"):
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        y = e / e[..., :-1].sum(axis=-1, keepdims=True)
    return np.moveaxis(y, -1, axis)
