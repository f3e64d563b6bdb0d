"""Imports its neighbour by the long name, which imports this file by the short one."""

import numpy as np

from exercises.naive import recipe


def shifted(x, axis):
    with np.errstate(invalid="ignore"):
        return x - x.max(axis=axis, keepdims=True)


def softmax_stable(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    return recipe(shifted(x, axis), axis)
