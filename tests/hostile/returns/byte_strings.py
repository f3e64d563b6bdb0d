"""The bytes of the right numbers, as an array of strings of eight bytes."""

import numpy as np


def softmax_stable(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    right = np.ascontiguousarray(e / e.sum(axis=axis, keepdims=True))
    return right.view(f"S{right.itemsize}")
