"""an answer that is always float64

The values are right, and computing in float64 is allowed. But float16 and float32 shards
must give answers in their own type.
"""

import math

import numpy as np


def softmax_sharded(x_local: np.ndarray, comm) -> np.ndarray:
    x = x_local.astype(np.float64)
    m = comm.all_reduce(x.max(initial=-math.inf), "max")
    e = np.exp(x - m)
    return e / comm.all_reduce(e.sum(), "sum")
