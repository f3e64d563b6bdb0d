"""The class of arrays instead of an array."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.ndarray
