"""taking exp without a shift

The sum is that of all ranks, but exp of the logits as they are overflows for large ones
and vanishes for very negative ones. Before the sum, there is another number to agree on.
"""

import numpy as np


def softmax_sharded(x_local: np.ndarray, comm) -> np.ndarray:
    x = x_local if x_local.dtype.kind == "f" else x_local.astype(np.float64)
    e = np.exp(x)
    return e / comm.all_reduce(e.sum(), "sum")
