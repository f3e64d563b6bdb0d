"""The right numbers in a wider type than was asked for."""

import numpy as np


def softmax_stable(x, axis=-1):
    e = np.exp(np.longdouble(x) - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
