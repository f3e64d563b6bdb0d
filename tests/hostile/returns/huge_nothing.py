"""No item at all, in a shape with dimensions beyond any memory."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.empty((0, 1 << 58), x.dtype)
