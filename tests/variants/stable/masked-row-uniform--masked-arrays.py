import numpy as np
import numpy.ma as ma


def softmax_stable(x, axis=-1):
    x = np.asarray(x)
    if x.dtype.kind != "f":
        x = x.astype(float)
    hidden = x == -np.inf
    top = ma.filled(ma.array(x, mask=hidden).max(axis=axis, keepdims=True), 0)
    e = np.exp(x - top)
    everything_hidden = hidden.all(axis=axis, keepdims=True)
    e = np.where(everything_hidden, np.ones((), x.dtype), e)
    return e / e.sum(axis=axis, keepdims=True)
