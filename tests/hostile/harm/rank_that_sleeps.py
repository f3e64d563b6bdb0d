"""One rank sleeps while the others wait for it."""

import time


def softmax_sharded(x_local, comm):
    if comm.rank == comm.size - 1:
        time.sleep(60)
    return x_local / comm.all_reduce(1.0, "sum")
