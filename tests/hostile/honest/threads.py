"""Rows spread over a pool of threads."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

pool = ThreadPoolExecutor(4)


def row(x):
    with np.errstate(invalid="ignore"):
        e = np.exp(x - x.max())
        return e / e.sum()


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("no classes")
    x = np.moveaxis(x if x.dtype.kind == "f" else x.astype(float), axis, -1)
    rows = list(pool.map(row, x.reshape(-1, x.shape[-1])))
    return np.moveaxis(np.stack(rows).reshape(x.shape), -1, axis)
