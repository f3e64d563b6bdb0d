"""The shortest thing that works, in the input's own precision."""
import numpy as np


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError
    x = x * 1.0 if x.dtype.kind != "f" else x
    m = x.max(axis, keepdims=True)
    m = np.where(np.isinf(m), x.dtype.type(0), m)
    return (m + np.log(np.exp(x - m).sum(axis, keepdims=True))).squeeze(axis)


def log_softmax(x, axis=-1):
    x = x * 1.0 if x.dtype.kind != "f" else x
    x = x - x.max(axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis, keepdims=True))
