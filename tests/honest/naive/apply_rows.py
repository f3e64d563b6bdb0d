# Style: apply_along_axis with one row at a time
import numpy as np


def _row(row):
    e = np.exp(row)
    return e / e.sum()


def softmax_naive(x):
    return np.apply_along_axis(_row, -1, x)
