"""Each rank asks for another operation."""

def softmax_sharded(x_local, comm):
    for _ in range(1 + comm.rank):
        comm.all_reduce(0.0, ("max", "sum")[comm.rank % 2])
    return x_local
