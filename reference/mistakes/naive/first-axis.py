"""the sum along the first axis in place of the last

The classes lie along the last axis, and each row is an example of its own. Summing along
axis 0 mixes the examples of a batch; for a vector the two are the same.
"""

import numpy as np


def softmax_naive(x: np.ndarray) -> np.ndarray:
    e = np.exp(x)
    return e / e.sum(axis=0)
