"""The right numbers, written into the input; the answer is a view of it."""

import numpy as np


def softmax_stable(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(float)
    if not x.flags.writeable:
        x = x.copy()
    if x.shape[axis] == 0:
        raise ValueError("nothing along the axis")
    with np.errstate(invalid="ignore"):
        e = np.exp(x - x.max(axis=axis, keepdims=True))
    x[...] = e / e.sum(axis=axis, keepdims=True)
    return x[...]
