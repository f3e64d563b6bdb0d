"""An early return by len, otherwise in the type of the shard."""
import numpy as np


def softmax_sharded(x_local, comm):
    if len(x_local) == 0:
        return x_local.astype(x_local.dtype if x_local.dtype.kind == "f" else np.float64)
    with np.errstate(invalid="ignore"):
        biggest = comm.all_reduce(float(np.amax(x_local)), "max")
        powers = np.exp(x_local - biggest)
        return np.divide(powers, comm.all_reduce(float(powers.sum(dtype=np.float64)), "sum")).astype(
            powers.dtype
        )
