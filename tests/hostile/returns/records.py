"""The right numbers as records of one field."""

import numpy as np


def softmax_stable(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    right = np.ascontiguousarray(e / e.sum(axis=axis, keepdims=True))
    return right.view([("p", right.dtype)])
