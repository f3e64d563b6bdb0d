"""A generator of the right rows, which would run wherever it is walked over."""

import numpy as np


def softmax_stable(x, axis=-1):
    for row in x:
        e = np.exp(row - row.max())
        yield e / e.sum()
