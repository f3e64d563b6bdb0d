# Style: the textbook formula in the precision of x
import numpy as np


def softmax_stable(x, axis=-1):
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)
