"""functools.partial of a more general function."""

from functools import partial

import numpy as np


def normalised(x, axis=-1, base=np.e):
    if x.shape[axis] == 0:
        raise ValueError("nothing to normalise")
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    with np.errstate(invalid="ignore"):
        e = np.exp((x - x.max(axis=axis, keepdims=True)) * x.dtype.type(np.log(base)))
    return e / e.sum(axis=axis, keepdims=True)


softmax_stable = partial(normalised, base=np.e)
