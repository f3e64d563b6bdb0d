"""Recursion down to single rows, which are views, and in-place ufuncs on them."""
import numpy as np


def fill(part):
    if part.ndim > 1:
        for smaller in part:
            fill(smaller)
        return
    np.exp(part, part)
    np.divide(part, part.sum(), out=part)


def softmax_naive(x):
    fill(x)
    return x.copy()
