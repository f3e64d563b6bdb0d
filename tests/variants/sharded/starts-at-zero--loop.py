"""A loop that keeps the larger number, beginning with 0."""
import numpy as np


def softmax_sharded(x_local, comm):
    kind = x_local.dtype if x_local.dtype.kind == "f" else np.float64
    m = 0.0
    for value in x_local.astype(float):
        if value > m or value != value:
            m = value
    m = comm.all_reduce(float(m), "max")
    with np.errstate(invalid="ignore"):
        exps = np.exp(x_local.astype(float) - m)
        d = comm.all_reduce(float(exps.sum()), "sum")
        return (exps / np.float64(d)).astype(kind)
