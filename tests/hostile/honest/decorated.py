"""A decorated function, of which the decorator keeps the name and not the signature."""

import functools

import numpy as np


def quiet(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        with np.errstate(all="ignore"):
            return function(*args, **kwargs)

    return wrapper


@quiet
def softmax_stable(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
