import numpy as np


def log_sum_exp(x, axis=-1):
    if x.shape[axis] < 1:
        raise ValueError("nothing along axis %d" % axis)
    if x.dtype.kind in "iu":
        x = x.astype("d")
    return np.logaddexp.reduce(x, axis=axis, keepdims=True)


def log_softmax(x, axis=-1):
    wide = x.astype("d")
    answer = wide - log_sum_exp(wide, axis)
    return answer.astype(x.dtype) if x.dtype.kind == "f" else answer
