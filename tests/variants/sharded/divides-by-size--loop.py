"""One line for each step, in float64."""
import numpy as np


def softmax_sharded(x_local, comm):
    kind = x_local.dtype if x_local.dtype.kind == "f" else np.float64
    if len(x_local) == 0:
        return np.array([], dtype=kind)
    z = x_local.astype(np.float64)
    with np.errstate(invalid="ignore"):
        z = z - z.max()
        z = np.exp(z)
        z = z / z.sum()
    return (z * (1 / comm.size)).astype(kind)
