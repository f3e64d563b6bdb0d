import numpy as np


def softmax_stable(x, axis=-1):
    # subtract the max so exp can't overflow
    e = np.exp(x - np.max(x))
    return e / e.sum(axis=axis, keepdims=True)
