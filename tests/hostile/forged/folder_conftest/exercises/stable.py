"""Wrong, with files of pytest beside it."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.full(x.shape, 0.123)
