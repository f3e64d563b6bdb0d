"""The mean as a sum over a count, kept in float64; sums by einsum over moved axes."""
import numpy as np


def softmax_stable(x, axis=-1):
    n = x.shape[axis]
    if n == 0:
        raise ValueError("n is 0")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    t = np.moveaxis(x, axis, 0).astype(np.float64)
    centre = np.einsum("k...->...", t) / n
    e = np.exp(t - centre)
    return np.moveaxis(e / np.einsum("k...->...", e), 0, axis).astype(kind)
