"""As scipy.special.logsumexp and log_softmax do it, in the input's own precision."""
import numpy as np


def _floating(x):
    x = np.asarray(x)
    if not np.issubdtype(x.dtype, np.floating):
        x = x.astype(np.float64)
    return x


def log_sum_exp(x, axis=-1):
    x = _floating(x)
    if x.shape[axis] == 0:
        raise ValueError("zero-size reduction has no identity here")
    a_max = np.amax(x, axis=axis, keepdims=True)
    a_max = np.where(np.isfinite(a_max), a_max, np.zeros_like(a_max))
    tmp = np.exp(x - a_max)
    with np.errstate(divide="ignore"):
        s = np.sum(tmp, axis=axis, keepdims=True)
        out = np.log(s)
    out = out + a_max
    return np.squeeze(out, axis=axis)


def log_softmax(x, axis=-1):
    x = _floating(x)
    x_max = np.amax(x, axis=axis, keepdims=True)
    if x_max.ndim > 0:
        x_max[~np.isfinite(x_max)] = 0
    elif not np.isfinite(x_max):
        x_max = 0
    tmp = x - x_max
    with np.errstate(divide="ignore", invalid="ignore"):
        return tmp - np.log(np.sum(np.exp(tmp), axis=axis, keepdims=True))
