"""Imports its neighbour by the short name, which imports this file by the long one."""

import numpy as np


def recipe(x, axis):
    with np.errstate(all="ignore"):
        e = np.exp(x)
        return e / e.sum(axis=axis, keepdims=True)


import stable  # after the recipe, which it needs


def softmax_naive(x):
    assert stable.shifted
    return recipe(x, -1)
