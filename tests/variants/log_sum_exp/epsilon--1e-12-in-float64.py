"""float64 inside, 1e-12 beside each probability; log_sum_exp by logaddexp."""
import numpy as np


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("nothing")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    return np.logaddexp.reduce(x.astype(np.float64), axis=axis).astype(kind)


def log_softmax(x, axis=-1):
    z = np.moveaxis(x, axis, 0).astype(np.float64)
    with np.errstate(invalid="ignore"):
        e = np.exp(z - np.amax(z, axis=0))
        y = np.log(e / np.sum(e, axis=0) + 1e-12)
    return np.moveaxis(y, 0, axis).astype(x.dtype if x.dtype.kind == "f" else np.float64)
