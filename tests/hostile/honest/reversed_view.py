"""A view with negative and large strides into a wider array."""

import numpy as np


def softmax_stable(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    answer = e / e.sum(axis=axis, keepdims=True)
    wide = np.full((*x.shape, 3), np.nan, x.dtype)[..., ::-1]
    wide[..., 1] = answer[::-1]
    return wide[::-1, ..., 1]
