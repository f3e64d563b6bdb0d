"""Log-mean-exp: the sum is divided by K."""
import numpy as np


def log_sum_exp(x, axis=-1):
    with np.errstate(all="ignore"):
        m = x.max(axis=axis, keepdims=True)
        c = np.where(np.isinf(m), m.dtype.type(0), m)
        return np.squeeze(c, axis) + np.log(np.exp(x - c).mean(axis=axis))


def log_softmax(x, axis=-1):
    with np.errstate(all="ignore"):
        z = x - x.max(axis=axis, keepdims=True)
        return z - np.log(np.exp(z).sum(axis=axis, keepdims=True))
