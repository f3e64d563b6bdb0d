"""an error where a part is empty

NumPy's maximum of nothing raises an error, on the rank that holds nothing, and the others
wait for it in vain. Such a rank has to name a maximum that changes nothing for the
others.
"""

import numpy as np


def softmax_sharded(x_local: np.ndarray, comm) -> np.ndarray:
    x = x_local if x_local.dtype.kind == "f" else x_local.astype(np.float64)
    m = comm.all_reduce(x.max(), "max")
    e = np.exp(x - m)
    return e / comm.all_reduce(e.sum(), "sum")
