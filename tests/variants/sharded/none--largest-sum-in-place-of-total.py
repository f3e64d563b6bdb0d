import numpy as np


def softmax_sharded(x_local, comm):
    t = x_local.dtype if x_local.dtype.kind == "f" else np.dtype(np.float64)
    x = x_local.astype(np.float64)
    m = comm.all_reduce(float(x.max(initial=-np.inf)), "max")
    e = np.exp(x - (0.0 if m == -np.inf else m))
    d = comm.all_reduce(float(e.sum()), "max")
    return (e / np.float64(d)).astype(t)
