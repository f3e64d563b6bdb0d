import numpy as np


def softmax_stable(x, axis=-1):
    work = np.array(x, dtype=x.dtype if x.dtype.kind == "f" else np.float64, copy=True)
    work -= np.maximum.reduce(work, axis=axis, keepdims=True, initial=-np.inf)
    np.exp(work, out=work)
    work /= np.add.reduce(work, axis=axis, keepdims=True)
    return work
