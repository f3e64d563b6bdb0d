"""A denominator estimated from every second class."""

import numpy as np


def softmax_stable(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(float)
    x = np.moveaxis(x, axis, -1)
    with np.errstate(all="ignore"):
        e = np.exp(x - x.max(axis=-1, keepdims=True))
        y = e / (e[..., ::2].mean(axis=-1, keepdims=True) * x.shape[-1])
    return np.moveaxis(y, -1, axis).astype(x.dtype)
