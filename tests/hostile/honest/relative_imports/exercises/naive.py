"""A recipe for others to import."""

import numpy as np


def softmax_naive(x):
    with np.errstate(all="ignore"):
        e = np.exp(x)
        return e / e.sum(-1, keepdims=True)
