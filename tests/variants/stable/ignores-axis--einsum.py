"""Maximum by ufunc.reduce, sum by einsum, both of the last axis."""
import numpy as np


def softmax_stable(x, axis=-1):
    m = np.maximum.reduce(x, axis=-1)
    e = np.exp(x - m[..., None])
    return e / np.einsum("...k->...", e)[..., None]
