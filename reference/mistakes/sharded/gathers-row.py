"""gathering the whole row on every rank

The answer is right, but every rank now needs memory for the whole row, and what is sent
grows with it. That is what the row was split to avoid. One maximum and one sum are all
that a rank has to know of the others.
"""

import numpy as np


def softmax_sharded(x_local: np.ndarray, comm) -> np.ndarray:
    x = x_local if x_local.dtype.kind == "f" else x_local.astype(np.float64)
    lengths = comm.all_reduce(np.where(np.arange(comm.size) == comm.rank, len(x), 0), "sum")
    start = int(lengths[: comm.rank].sum())
    row = np.zeros(int(lengths.sum()))
    row[start : start + len(x)] = x
    row = comm.all_reduce(row, "sum")
    e = np.exp(row - row.max())
    return (e / e.sum())[start : start + len(x)].astype(x.dtype)
