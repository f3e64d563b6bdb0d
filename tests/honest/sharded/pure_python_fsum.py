"""Python lists, math.exp and math.fsum."""
import math
import numpy as np


def softmax_sharded(x_local, comm):
    values = [float(v) for v in x_local]
    if any(v != v for v in values):
        mine = math.nan
    else:
        mine = max(values, default=-math.inf)
    m = comm.all_reduce(mine, "max")
    if m == -math.inf or m != m:
        exps = [math.nan for _ in values]
    else:
        exps = [math.exp(v - m) for v in values]
    s = comm.all_reduce(math.fsum(exps), "sum")
    out_type = x_local.dtype if x_local.dtype.kind == "f" else np.float64
    return np.array([e / s for e in exps] if s else [math.nan] * len(exps), dtype=out_type)
