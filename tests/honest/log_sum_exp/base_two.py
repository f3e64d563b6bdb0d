"""Works with exp2 and log2 and converts to natural logarithms at the end."""
import numpy as np

LOG2E = 1.4426950408889634
LN2 = 0.6931471805599453


def _bits(x, axis):
    y = np.asarray(x, dtype=np.float64)
    m = y.max(axis=axis, keepdims=True)
    m = np.where(np.abs(m) == np.inf, 0.0, m)
    with np.errstate(all="ignore"):
        log_total = LN2 * np.log2(np.exp2((y - m) * LOG2E).sum(axis=axis, keepdims=True))
    return y, m, log_total


def _kind(x):
    return x.dtype.type if issubclass(x.dtype.type, np.floating) else np.float64


def log_sum_exp(x, axis=-1):
    if x.shape[axis] < 1:
        raise ValueError("log_sum_exp needs at least one entry")
    _, m, log_total = _bits(x, axis)
    return (m + log_total).squeeze(axis=axis).astype(_kind(x))


def log_softmax(x, axis=-1):
    y, m, log_total = _bits(x, axis)
    with np.errstate(all="ignore"):
        return ((y - m) - log_total).astype(_kind(x))
