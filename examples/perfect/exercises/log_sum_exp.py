import numpy as np


def log_sum_exp(x, axis=-1):
    m = np.max(x, axis=axis, keepdims=True)
    m = np.where(np.isfinite(m), m, 0)
    with np.errstate(divide="ignore"):
        s = np.log(np.sum(np.exp(x - m), axis=axis, keepdims=True)) + m
    return np.squeeze(s, axis=axis)


def log_softmax(x, axis=-1):
    with np.errstate(invalid="ignore"):
        return x - np.expand_dims(log_sum_exp(x, axis), axis)
