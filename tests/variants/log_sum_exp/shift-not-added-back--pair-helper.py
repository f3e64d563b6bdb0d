import numpy as np


def parts(x, axis):
    if not np.issubdtype(x.dtype, np.floating):
        x = x.astype(np.float64)
    m = x.max(axis=axis, keepdims=True)
    c = np.where(np.isfinite(m), m, np.zeros_like(m))
    shifted = x - c
    return shifted, np.log(np.sum(np.exp(shifted), axis=axis, keepdims=True))


def log_sum_exp(x, axis=-1):
    _, log_of_sum = parts(x, axis)
    return log_of_sum.squeeze(axis=axis)


def log_softmax(x, axis=-1):
    shifted, log_of_sum = parts(x, axis)
    return shifted - log_of_sum
