"""A decorator does the casting; the body is four lines."""
from functools import wraps

import numpy as np


def in_float64(fn):
    @wraps(fn)
    def outer(x_local, *args, **kwargs):
        back = x_local.dtype if x_local.dtype.kind == "f" else np.float64
        with np.errstate(all="ignore"):
            return fn(x_local.astype(np.float64), *args, **kwargs).astype(back)
    return outer


@in_float64
def softmax_sharded(x, comm):
    m = comm.all_reduce(max(x.max(initial=-np.inf), -np.inf), "max")
    e = np.exp(x - m)
    s = comm.all_reduce(float(np.add.reduce(e)), "sum")
    return e * (1.0 / np.float64(s))
