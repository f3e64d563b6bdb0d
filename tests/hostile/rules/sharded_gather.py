"""Gathers the whole row on every rank with all-reduces of arrays."""

import numpy as np


def softmax_sharded(x_local, comm):
    x = x_local.astype(float)
    lengths = np.zeros(comm.size)
    lengths[comm.rank] = len(x)
    ends = np.cumsum(comm.all_reduce(lengths, "sum")).astype(int)
    row = np.full(ends[-1], -np.inf)
    row[ends[comm.rank] - len(x) : ends[comm.rank]] = x
    row = comm.all_reduce(row, "max")
    with np.errstate(invalid="ignore"):
        e = np.exp(row - row.max())
        part = e[ends[comm.rank] - len(x) : ends[comm.rank]] / e.sum()
    return part.astype(x_local.dtype if x_local.dtype.kind == "f" else float)
