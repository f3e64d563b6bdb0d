import numpy as np


def softmax_sharded(x_local, comm):
    m = comm.all_reduce(x_local.max(), "max")
    d = 0.0
    while d == 0.0:  # wait until the others are done
        d = comm.all_reduce(np.exp(x_local - m).sum(), "sum")
        comm.barrier()
    return np.exp(x_local - m) / d
