"""np.isneginf picks what is subtracted from float64 slices; log_softmax builds on it."""
import numpy as np


def log_sum_exp(x, axis=-1):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    z = np.moveaxis(x, axis, -1).astype(np.float64)
    m = np.max(z, axis=-1)
    c = np.where(np.isneginf(m), 0.0, m)
    with np.errstate(all="ignore"):
        s = np.exp(z - c[..., None]).sum(-1)
        return (c + np.log(s)).astype(kind)


def log_softmax(x, axis=-1):
    with np.errstate(all="ignore"):
        lse = np.expand_dims(log_sum_exp(x, axis), axis)
        return (x - lse).astype(lse.dtype)
