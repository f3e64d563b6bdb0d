"""An answer allocated by empty_like and filled in loops over numbers."""
import numpy as np


def softmax_naive(x):
    out = np.empty_like(x)
    for where in np.ndindex(*x.shape[:-1]):
        row = np.exp(x[where])
        total = row.sum()
        for j in range(x.shape[-1]):
            out[where + (j,)] = row[j] / total
    return out
