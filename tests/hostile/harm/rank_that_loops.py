"""One rank loops where the others have their answers."""


def softmax_sharded(x_local, comm):
    while comm.rank == 0:
        pass
    return x_local
