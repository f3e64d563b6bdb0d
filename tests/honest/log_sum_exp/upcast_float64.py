"""Everything is done in float64 and cast back once at the end."""
import numpy as np


def _out_dtype(x):
    return x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("cannot reduce an axis of length zero")
    y = x.astype(np.float64)
    m = y.max(axis=axis, keepdims=True)
    shift = np.where(np.isfinite(m), m, 0.0)
    with np.errstate(all="ignore"):
        r = np.log(np.exp(y - shift).sum(axis=axis)) + shift.squeeze(axis)
    return r.astype(_out_dtype(x))


def log_softmax(x, axis=-1):
    y = x.astype(np.float64)
    m = y.max(axis=axis, keepdims=True)
    with np.errstate(all="ignore"):
        y = y - m
        y = y - np.log(np.exp(y).sum(axis=axis, keepdims=True))
        return y.astype(_out_dtype(x))
