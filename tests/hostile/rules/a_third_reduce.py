"""One all-reduce more than two."""

import numpy as np


def local(x, m, d):
    return (np.exp(x.astype(np.float64) - m) / d).astype(x.dtype if x.dtype.kind == "f" else np.float64)


def softmax_sharded(x_local, comm):
    m = comm.all_reduce(float(np.max(x_local.astype(np.float64), initial=-np.inf)), "max")
    d = comm.all_reduce(float(np.exp(x_local.astype(np.float64) - m).sum()), "sum")
    comm.all_reduce(0.0, "sum")
    return local(x_local, m, d)
