"""A scalar Python log-add-exp turned into a ufunc by np.frompyfunc and reduced."""
import math
import numpy as np


def _ladd(a, b):
    if a != a or b != b:
        return math.nan
    if a < b:
        a, b = b, a
    if math.isinf(a) or b == -math.inf:
        return a
    return a + math.log1p(math.exp(b - a))


_uladd = np.frompyfunc(_ladd, 2, 1)


def _like(x):
    return x.dtype if np.issubdtype(x.dtype, np.floating) else np.dtype(np.float64)


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("zero-length axis")
    boxed = x.astype(np.float64).astype(object)
    return np.asarray(_uladd.reduce(boxed, axis=axis)).astype(_like(x))


def log_softmax(x, axis=-1):
    y = x.astype(np.float64)
    with np.errstate(all="ignore"):
        y = y - y.max(axis=axis, keepdims=True)
        z = np.asarray(_uladd.reduce(y.astype(object), axis=axis, keepdims=True)).astype(np.float64)
        return (y - z).astype(_like(x))
