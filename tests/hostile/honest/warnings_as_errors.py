"""Turns every warning into an error, and takes care that none comes."""

import warnings

import numpy as np

warnings.simplefilter("error")


def softmax_stable(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    with np.errstate(all="ignore"):
        e = np.exp(x - x.max(axis=axis, keepdims=True))
        return e / e.sum(axis=axis, keepdims=True)
