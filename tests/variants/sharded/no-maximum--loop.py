"""One all-reduce of a sum made by a loop in float64."""
import numpy as np


def softmax_sharded(x_local, comm):
    with np.errstate(all="ignore"):
        mine = 0.0
        for v in x_local:
            mine += float(np.exp(np.float64(v)))
        everyone = comm.all_reduce(mine, "sum")
        y = np.exp(x_local.astype(np.float64)) / everyone
    return y if x_local.dtype.kind != "f" else y.astype(x_local.dtype)
