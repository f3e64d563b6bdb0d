"""An array of strings of variable length, a type of its own in NumPy 2."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.full(x.shape, "0.5", np.dtypes.StringDType())
