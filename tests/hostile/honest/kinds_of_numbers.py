"""A Python float, a NumPy scalar and an array of no dimensions in turn, where one number is asked."""

import itertools

import numpy as np

kinds = itertools.cycle([float, np.asarray, np.float64, np.longdouble])


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("nothing to sum")
    wide = np.asarray(x, float)
    with np.errstate(all="ignore"):
        answer = np.logaddexp.reduce(wide, axis=axis)
    if x.ndim == 1:
        return next(kinds)(answer)
    return answer.astype(x.dtype if x.dtype.kind == "f" else float)


def log_softmax(x, axis=-1):
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(float)
    wide = x.astype(np.longdouble)
    with np.errstate(all="ignore"):
        wide = wide - wide.max(axis=axis, keepdims=True)
        return (wide - np.log(np.exp(wide).sum(axis=axis, keepdims=True))).astype(kind)
