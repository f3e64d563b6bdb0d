"""Sorts along the axis first, so that small terms are added before large ones."""
import numpy as np


def _pieces(x, axis):
    y = np.sort(np.moveaxis(x, axis, -1).astype(np.float64), axis=-1)
    m = y[..., -1]
    safe = np.nan_to_num(m, nan=np.nan, posinf=0.0, neginf=0.0)
    with np.errstate(all="ignore"):
        total = np.add.reduce(np.exp(y - safe[..., np.newaxis]), axis=-1)
        return safe, np.log(total)


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("zero length")
    safe, log_total = _pieces(x, axis)
    return (safe + log_total).astype(x.dtype if x.dtype.kind == "f" else float)


def log_softmax(x, axis=-1):
    safe, log_total = _pieces(x, axis)
    with np.errstate(all="ignore"):
        out = x.astype(np.float64) - np.expand_dims(safe, axis)
        out -= np.expand_dims(log_total, axis)
        return out.astype(x.dtype if x.dtype.kind == "f" else float)
