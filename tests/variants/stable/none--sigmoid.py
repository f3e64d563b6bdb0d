"""The logistic function of each logit, divided by the sum."""
import numpy as np


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("nothing")
    with np.errstate(all="ignore"):
        s = 1 / (1 + np.exp(-x))
        return s / s.sum(axis=axis, keepdims=True)
