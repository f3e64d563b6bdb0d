import numpy as np


def softmax_stable(x, axis=-1):
    shifted = x - x.max(axis=axis, keepdims=True
    e = np.exp(shifted)
    return e / e.sum(axis=axis, keepdims=True)
