"""np.logaddexp.reduce in float64; log_softmax builds on it."""
import numpy as np


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("empty axis")
    return np.logaddexp.reduce(np.asarray(x, dtype=float), axis=axis)


def log_softmax(x, axis=-1):
    return x.astype(float) - np.expand_dims(log_sum_exp(x, axis), axis)
