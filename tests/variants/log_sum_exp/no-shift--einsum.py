"""einsum over the axis moved to the front."""
import numpy as np


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("zero length")
    e = np.exp(np.moveaxis(x, axis, 0))
    with np.errstate(divide="ignore"):
        return np.log(np.einsum("i...->...", e))


def log_softmax(x, axis=-1):
    return x - np.expand_dims(log_sum_exp(x, axis=axis), axis=axis)
