import numpy as np


def softmax_naive(x):
    f = x if x.dtype.kind == "f" else x.astype(np.float64)
    e = np.exp(f)
    # each against all of the others
    others = e.sum(axis=-1, keepdims=True) - e
    return e / others
