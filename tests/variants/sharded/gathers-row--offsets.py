"""The lengths travel in an array with one place for each rank, then the logits themselves."""
import numpy as np


def softmax_sharded(x_local, comm):
    kind = x_local.dtype if x_local.dtype.kind == "f" else np.float64
    mine = x_local.astype(np.float64)
    lengths = np.zeros(comm.size)
    lengths[comm.rank] = len(mine)
    lengths = comm.all_reduce(lengths, "sum").astype(int)
    row = np.full(lengths.sum(), -np.inf)
    at = int(lengths[: comm.rank].sum())
    row[at : at + len(mine)] = mine
    row = comm.all_reduce(row, "max")
    with np.errstate(invalid="ignore"):
        e = np.exp(row - row.max())
        y = e / e.sum()
    return y[at : at + len(mine)].astype(kind)
