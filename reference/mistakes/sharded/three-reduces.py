"""three all-reduces where two suffice

The answer is right, but each all-reduce makes all ranks wait for the slowest. After the
maximum and the sum there is nothing left to agree on: e / d sums to 1 over all ranks
without being divided once more.
"""

import math

import numpy as np


def softmax_sharded(x_local: np.ndarray, comm) -> np.ndarray:
    x = x_local if x_local.dtype.kind == "f" else x_local.astype(np.float64)
    m = comm.all_reduce(x.max(initial=-math.inf), "max")
    e = np.exp(x - m)
    y = e / comm.all_reduce(e.sum(), "sum")
    return y / comm.all_reduce(y.sum(), "sum")
