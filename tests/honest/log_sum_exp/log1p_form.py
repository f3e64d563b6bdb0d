"""The largest entry is taken out of the sum, so that the rest goes through log1p."""
import numpy as np


def _log1p_rest(y, axis):
    """max and log1p(sum over the others of exp(x - max)), both with the axis kept."""
    where = np.expand_dims(np.argmax(y, axis=axis), axis)
    m = np.take_along_axis(y, where, axis=axis)
    with np.errstate(invalid="ignore"):
        e = np.exp(y - m)
    np.put_along_axis(e, where, 0.0, axis=axis)
    return m, np.log1p(e.sum(axis=axis, keepdims=True))


def log_sum_exp(x, axis=-1):
    dtype = np.result_type(x.dtype, np.float16) if x.dtype.kind == "f" else np.dtype("f8")
    if not x.shape[axis]:
        raise ValueError("nothing to sum")
    m, rest = _log1p_rest(x.astype("f8"), axis)
    out = np.where(np.isinf(m), m, m + rest)
    return np.squeeze(out, axis=axis).astype(dtype)


def log_softmax(x, axis=-1):
    dtype = x.dtype if x.dtype.kind == "f" else np.dtype("f8")
    y = x.astype("f8")
    m, rest = _log1p_rest(y, axis)
    with np.errstate(invalid="ignore", over="ignore"):
        return ((y - m) - rest).astype(dtype)
