"""Built-in max() of a list instead of NumPy's."""
import numpy as np


def softmax_sharded(x_local, comm):
    kind = x_local.dtype if x_local.dtype.kind == "f" else np.float64
    values = x_local.astype(np.float64).tolist()
    mine = max(values) if not np.isnan(values).any() else float("nan")
    m = comm.all_reduce(mine, "max")
    with np.errstate(invalid="ignore"):
        e = np.exp(np.array(values) - m)
        d = comm.all_reduce(float(np.sum(e)), "sum")
        return (e / d).astype(kind)
