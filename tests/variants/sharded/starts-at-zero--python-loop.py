import math

import numpy as np


def softmax_sharded(x_local, comm):
    highest = 0.0
    for x in x_local.tolist():
        if x > highest or x != x:
            highest = float(x)
    highest = comm.all_reduce(highest, "max")
    e = [math.exp(x - highest) for x in x_local.tolist()]
    total = comm.all_reduce(math.fsum(e) if e else 0.0, "sum")
    kind = x_local.dtype if x_local.dtype.kind == "f" else np.float64
    with np.errstate(all="ignore"):
        return (np.array(e, dtype=np.float64) / np.float64(total)).astype(kind)
