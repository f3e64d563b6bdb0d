import numpy as np


def log_sum_exp(x, axis=-1):
    y = x if x.dtype.kind == "f" else x.astype(np.float64)
    m = y.max(axis=axis, keepdims=True)
    m = np.where(np.isfinite(m), m, 0).astype(y.dtype)
    return np.squeeze(m, axis) + np.log(np.exp(y - m).mean(axis=axis))


def log_softmax(x, axis=-1):
    return x - np.expand_dims(log_sum_exp(x, axis), axis)
