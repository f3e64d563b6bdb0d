"""Subclasses of ndarray inside, and a plain array at the end."""

import numpy as np


class Named(np.ndarray):
    axes = None


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("nothing to normalise")
    floats = x if x.dtype.kind == "f" else x.astype(np.float64)
    named = floats.view(Named)
    with np.errstate(all="ignore"):
        e = np.exp(named - named.max(axis=axis, keepdims=True))
        return np.asarray(e / e.sum(axis=axis, keepdims=True))
