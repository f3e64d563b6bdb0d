# Style: log-sum-exp by np.logaddexp.reduce, in the precision of x
import numpy as np


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("softmax of nothing")
    if x.dtype.kind != "f":
        x = x.astype(np.float64)
    lse = np.logaddexp.reduce(x, axis=axis, keepdims=True)
    return np.exp(x - np.where(np.isposinf(lse), np.nan, lse).astype(x.dtype))
