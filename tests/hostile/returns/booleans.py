"""An array of booleans, which are numbers to NumPy."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.ones(x.shape, bool)
