"""a softmax of its own for each part

Each rank's probabilities sum to 1, and those of all ranks to the number of ranks. It is
one row, so there is one m and one d, and no rank can know them without asking the others.
"""

import math

import numpy as np

SEES_TO_MASKS = False  # or True


def softmax_sharded(x_local: np.ndarray, comm) -> np.ndarray:
    x = x_local if x_local.dtype.kind == "f" else x_local.astype(np.float64)
    m = x.max(initial=-math.inf)
    if SEES_TO_MASKS and m == -math.inf:
        return np.zeros_like(x)
    e = np.exp(x - m)
    return e / e.sum()
