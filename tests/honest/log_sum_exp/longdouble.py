"""Extended precision inside, rounded to the input's dtype at the end."""
import numpy as np

LD = np.longdouble


def _prepare(x):
    x = np.asarray(x)
    dtype = x.dtype if x.dtype in (np.float16, np.float32, np.float64) else np.float64
    return x.astype(LD), dtype


def log_sum_exp(x, axis=-1):
    y, dtype = _prepare(x)
    if y.shape[axis] == 0:
        raise ValueError("empty axis")
    with np.errstate(all="ignore"):
        top = np.max(y, axis=axis, keepdims=True)
        safe = np.where(np.isinf(top), LD(0), top)
        total = np.sum(np.exp(y - safe), axis=axis, dtype=LD)
        return (np.log(total) + np.squeeze(safe, axis)).astype(dtype)


def log_softmax(x, axis=-1):
    y, dtype = _prepare(x)
    with np.errstate(all="ignore"):
        z = y - np.max(y, axis=axis, keepdims=True)
        return (z - np.log(np.sum(np.exp(z), axis=axis, keepdims=True))).astype(dtype)
