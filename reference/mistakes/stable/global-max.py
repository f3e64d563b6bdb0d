"""one maximum for the whole array

`x.max()` without an axis is the largest logit of all rows. A row that lies far below it
loses all its exponentials, and its sum is 0. Each slice along `axis` has a maximum of its
own; keepdims=True makes the shapes fit.
"""

import numpy as np


def softmax_stable(x: np.ndarray, axis: int = -1) -> np.ndarray:
    e = np.exp(x - x.max())
    return e / e.sum(axis=axis, keepdims=True)
