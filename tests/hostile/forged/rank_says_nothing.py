"""One rank neither answers nor reduces, and all others wait for it."""

import time

import numpy as np


def softmax_sharded(x_local, comm):
    if comm.rank == comm.size - 1:
        time.sleep(30)
    comm.all_reduce(1.0, "sum")
    return np.full(x_local.shape, 0.123)
