# Style: two lines of NumPy in the precision of x
import numpy as np


def softmax_naive(x):
    e = np.exp(x)
    return e / np.sum(e, axis=-1, keepdims=True)
