"""An array of dates that are not a time."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.full(x.shape, np.datetime64("NaT"), "M8[s]")
