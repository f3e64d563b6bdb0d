"""Every rank answers with the softmax of the shard of rank 0."""

import numpy as np


def softmax_sharded(x_local, comm):
    x = x_local if x_local.dtype.kind == "f" else x_local.astype(float)
    length = comm.all_reduce(len(x) if comm.rank == 0 else 0, "max")
    first = np.zeros(int(length), x.dtype)
    if comm.rank == 0:
        first += x
    first = comm.all_reduce(first, "sum")
    e = np.exp(first - first.max(initial=-np.inf))
    return e / e.sum()
