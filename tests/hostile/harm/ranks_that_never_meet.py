"""Ranks that wait for each other in different all-reduces."""


def softmax_sharded(x_local, comm):
    comm.all_reduce(1.0, "max" if comm.rank else "sum")
    return x_local
