import numpy as np


def softmax_naive(x):
    """Fill a result that looks like the input."""
    y = np.empty_like(x)
    e = np.exp(x)
    s = np.einsum("...k->...", e)
    with np.errstate(all="ignore"):
        y[...] = e / np.expand_dims(s, -1)
    return y
