"""All ranks reduce for ever, as much at a time as is allowed."""

import numpy as np


def softmax_sharded(x_local, comm):
    while True:
        comm.all_reduce(np.ones(8192), "sum")
