"""Lists and math; the answer is made of Python floats."""
import math

import numpy as np


def softmax_sharded(x_local, comm):
    numbers = x_local.astype(float)
    top = comm.all_reduce(float(numbers.max()) if numbers.size else -math.inf, "max")
    with np.errstate(invalid="ignore"):
        powers = [np.exp(v - top) for v in numbers]
    total = comm.all_reduce(float(sum(powers)), "sum")
    with np.errstate(invalid="ignore"):
        return np.array([np.float64(p) / total for p in powers], dtype=float)
