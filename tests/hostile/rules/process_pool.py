"""Has the answer computed by a pool of processes."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np


def row(values):
    e = np.exp(values - values.max())
    return e / e.sum()


def softmax_stable(x, axis=-1):
    with ProcessPoolExecutor(2) as pool:
        return np.stack(list(pool.map(row, np.atleast_2d(x)))).reshape(x.shape)
