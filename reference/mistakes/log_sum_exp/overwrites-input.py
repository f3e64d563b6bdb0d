"""writing into the input

`x -= ...` writes into the array of the caller, who finds shifted logits afterwards. It
also fails for read-only arrays. `x - ...` makes a new array.
"""

import numpy as np


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    m = x.max(axis=axis, keepdims=True)
    c = np.where(np.isfinite(m), m, 0)
    x -= c
    return np.log(np.exp(x).sum(axis=axis)) + c.squeeze(axis=axis)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    x -= x.max(axis=axis, keepdims=True)
    return x - np.log(np.exp(x).sum(axis=axis, keepdims=True))
