"""An array of one item and 60 dimensions, more than some readers of shapes can take."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.full((1,) * 60, 0.5, x.dtype)
