"""Right, with one all-reduce more than are needed."""

import math

import numpy as np


def softmax_sharded(x_local, comm):
    x = x_local if x_local.dtype.kind == "f" else x_local.astype(float)
    comm.all_reduce(len(x), "sum")
    m = comm.all_reduce(x.max(initial=-math.inf), "max")
    with np.errstate(invalid="ignore"):
        e = np.exp(x - m)
    return e / comm.all_reduce(e.sum(), "sum")
