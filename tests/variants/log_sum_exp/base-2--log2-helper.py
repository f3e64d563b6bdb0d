import numpy as np


def _floats(x):
    x = np.asarray(x)
    return x if x.dtype.kind == "f" else x.astype(np.float64)


def _lse(x, axis):
    c = x.max(axis=axis, keepdims=True)
    c = np.where(np.isinf(c), 0, c).astype(x.dtype)
    return c + np.log2(np.exp(x - c).sum(axis=axis, keepdims=True))


def log_sum_exp(x, axis=-1):
    return np.squeeze(_lse(_floats(x), axis), axis=axis)


def log_softmax(x, axis=-1):
    x = _floats(x)
    return x - _lse(x, axis)
