import numpy as np


def largest_finite(x):
    candidates = x[np.isfinite(x)]
    return candidates.max() if candidates.size else x.dtype.type(0)


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("there is nothing along this axis")
    y = x.astype(np.float64)
    c = largest_finite(y)
    answer = np.log(np.exp(y - c).sum(axis=axis)) + c
    return answer.astype(x.dtype) if x.dtype.kind == "f" else answer


def log_softmax(x, axis=-1):
    y = x.astype(np.float64)
    total = np.asarray(log_sum_exp(y, axis))
    t = x.dtype if x.dtype.kind == "f" else y.dtype
    return (y - np.expand_dims(total, axis)).astype(t)
