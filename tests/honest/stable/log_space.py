# Style: exp(x - log-sum-exp), in the precision of x
import numpy as np


def softmax_stable(x, axis=-1):
    if x.dtype.kind != "f":
        x = x.astype(np.float64)
    m = x.max(axis=axis, keepdims=True)
    lse = m + np.log(np.exp(x - m).sum(axis=axis, keepdims=True))
    return np.exp(x - lse)
