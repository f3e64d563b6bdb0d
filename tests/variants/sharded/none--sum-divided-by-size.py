"""The common sum is divided by the number of ranks."""
import numpy as np


def softmax_sharded(x_local, comm):
    kind = x_local.dtype if x_local.dtype.kind == "f" else np.float64
    z = x_local.astype(np.float64)
    with np.errstate(all="ignore"):
        m = comm.all_reduce(float(z.max(initial=-np.inf)), "max")
        e = np.exp(z - m)
        d = comm.all_reduce(float(e.sum()), "sum") / comm.size
        return (e / np.float64(d)).astype(kind)
