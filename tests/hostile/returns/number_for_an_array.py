"""One number of NumPy's instead of an array."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.float64(0.5)
