"""The third all-reduce adds up the probabilities, in float64."""
import numpy as np


def softmax_sharded(x_local, comm):
    kind = x_local.dtype if x_local.dtype.kind == "f" else np.float64
    z = x_local.astype(float)
    with np.errstate(invalid="ignore"):
        e = np.exp(z - comm.all_reduce(float(np.max(z, initial=-np.inf)), "max"))
        p = e / np.float64(comm.all_reduce(float(e.sum()), "sum"))
        p = p / np.float64(comm.all_reduce(float(p.sum()), "sum"))
    return p.astype(kind)
