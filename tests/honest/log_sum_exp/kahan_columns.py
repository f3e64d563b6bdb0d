"""Kahan-compensated sum along the axis in the working precision (float32 for float16)."""
import numpy as np

_work_types = {"e": np.float32, "f": np.float32, "d": np.float64}


def _kahan(terms):
    s = np.zeros(terms.shape[1:], terms.dtype)
    c = np.zeros_like(s)
    for t in terms:
        y = t - c
        u = s + y
        c = (u - s) - y
        s = u
    return s


def _split(x, axis):
    if x.dtype.char not in _work_types:
        x = x.astype(np.float64)
    y = np.moveaxis(x, axis, 0).astype(_work_types[x.dtype.char])
    return y, x.dtype


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("cannot take log_sum_exp over zero entries")
    y, dtype = _split(x, axis)
    m = y.max(axis=0)
    with np.errstate(all="ignore"):
        r = m + np.log(_kahan(np.exp(y - m)))
    r = np.where(np.isinf(m), m, r)
    return r.astype(dtype)


def log_softmax(x, axis=-1):
    y, dtype = _split(x, axis)
    with np.errstate(all="ignore"):
        z = y - y.max(axis=0)
        z = z - np.log(_kahan(np.exp(z)))
        return np.moveaxis(z, 0, axis).astype(dtype)
