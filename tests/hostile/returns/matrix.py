"""The right numbers in a numpy.matrix, which is no plain array."""

import numpy as np


def softmax_stable(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asmatrix((e / e.sum(axis=axis, keepdims=True)).reshape(len(x), -1))
