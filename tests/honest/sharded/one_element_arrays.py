"""As with torch.distributed: the numbers go over the wire as arrays of one element."""
import numpy as np


def softmax_sharded(x_local, comm):
    dtype = x_local.dtype if x_local.dtype.kind == "f" else np.dtype("float64")
    x = x_local.astype("float64")
    local_max = np.array([-np.inf])
    if x.shape[0] > 0:
        local_max[0] = x.max()
    global_max = comm.all_reduce(local_max, "max")
    with np.errstate(all="ignore"):
        e = np.exp(x - global_max)
        global_sum = comm.all_reduce(e.sum(keepdims=True), "sum")
        return (e / global_sum).astype(dtype)
