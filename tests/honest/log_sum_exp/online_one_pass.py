"""One pass along the axis with a running maximum and a running sum (online softmax)."""
import numpy as np


def _running(y):
    m = np.full(y.shape[1:], -np.inf)
    d = np.zeros(y.shape[1:])
    for row in y:
        new = np.maximum(m, row)
        ref = np.where(np.isinf(new), 0.0, new)
        with np.errstate(over="ignore"):
            d = d * np.exp(m - ref) + np.exp(row - ref)
        m = new
    return m, d


def log_sum_exp(x, axis=-1):
    y = np.moveaxis(x, axis, 0).astype(np.float64)
    if len(y) == 0:
        raise ValueError("zero length axis")
    m, d = _running(y)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.where(np.isinf(m), m, m + np.log(d))
    return r.astype(x.dtype if x.dtype.kind == "f" else np.float64)


def log_softmax(x, axis=-1):
    y = np.moveaxis(x, axis, 0).astype(np.float64)
    m, d = _running(y)
    with np.errstate(all="ignore"):
        r = (y - m) - np.log(d)
        return np.moveaxis(r, 0, axis).astype(x.dtype if x.dtype.kind == "f" else np.float64)
