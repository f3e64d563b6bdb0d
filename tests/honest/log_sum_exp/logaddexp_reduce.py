"""np.logaddexp.reduce in float64; log_softmax is x minus that."""
import numpy as np


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("x has no entries along axis %d" % axis)
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    return np.logaddexp.reduce(x, axis=axis, dtype=np.float64).astype(kind)


def log_softmax(x, axis=-1):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    m = np.max(x, axis=axis, keepdims=True).astype(np.float64)
    with np.errstate(invalid="ignore"):
        d = x.astype(np.float64) - m
        out = d - np.logaddexp.reduce(d, axis=axis, keepdims=True)
    return out.astype(kind)
