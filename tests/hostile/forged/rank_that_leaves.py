"""One rank leaves with success while the others wait."""

import os


def softmax_sharded(x_local, comm):
    if comm.rank == comm.size - 1:
        os._exit(0)
    comm.all_reduce(0.0, "sum")
    return x_local
