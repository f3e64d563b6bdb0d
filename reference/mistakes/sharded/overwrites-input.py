"""writing into the input

`x_local -= ...` writes into the array of the caller, who finds shifted logits afterwards. It also
fails for read-only arrays and for integers. `x_local - ...` makes a new array.
"""

import math

import numpy as np


def softmax_sharded(x_local: np.ndarray, comm) -> np.ndarray:
    x_local -= comm.all_reduce(x_local.max(initial=-math.inf), "max")
    e = np.exp(x_local)
    return e / comm.all_reduce(e.sum(), "sum")
