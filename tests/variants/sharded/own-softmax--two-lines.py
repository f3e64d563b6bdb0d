"""Two lines in float64, never a word to the other ranks."""
import numpy as np


def softmax_sharded(x_local, comm):
    z = x_local.astype(np.float64)
    with np.errstate(invalid="ignore"):
        e = np.exp(z - np.max(z, initial=-np.inf))
        return (e / e.sum()).astype(x_local.dtype if x_local.dtype.kind == "f" else np.float64)
