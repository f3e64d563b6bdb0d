"""The last rank leaves with success in the middle of an all-reduce."""

import os

import numpy as np


def softmax_sharded(x_local, comm):
    comm.all_reduce(1.0, "sum")
    if comm.rank == comm.size - 1:
        os._exit(0)
    comm.all_reduce(1.0, "sum")
    return np.full(x_local.shape, 0.123)
