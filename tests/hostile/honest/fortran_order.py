"""An answer in Fortran order, read-only."""

import numpy as np


def softmax_stable(x, axis=-1):
    x = np.asfortranarray(x if x.dtype.kind == "f" else x.astype(np.float64))
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    answer = np.asfortranarray(e / e.sum(axis=axis, keepdims=True))
    answer.setflags(write=False)
    return answer
