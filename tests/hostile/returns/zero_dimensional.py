"""An array of no dimensions, of which the type is free elsewhere."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.array(1 / x.size)
