"""Sends the whole shard instead of one number."""

import numpy as np


def local(x, m, d):
    return (np.exp(x.astype(np.float64) - m) / d).astype(x.dtype if x.dtype.kind == "f" else np.float64)


def softmax_sharded(x_local, comm):
    row = np.full(4096, -np.inf)
    sizes = comm.all_reduce(np.eye(comm.size)[comm.rank] * len(x_local), "sum").astype(int)
    begin = sizes[: comm.rank].sum()
    row[begin : begin + len(x_local)] = x_local
    row = comm.all_reduce(row, "max")
    m = row.max()
    return local(x_local, m, np.exp(row - m).sum())
