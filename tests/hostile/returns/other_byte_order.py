"""Bytes that would be the right numbers if they were read in the other order."""

import numpy as np


def softmax_stable(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    right = np.ascontiguousarray(e / e.sum(axis=axis, keepdims=True))
    return right.view(right.dtype.newbyteorder())
