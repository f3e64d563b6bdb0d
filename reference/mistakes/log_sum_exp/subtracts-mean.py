"""the mean subtracted in place of the maximum

Any shift that is added back leaves the answer as it is, so this is exact algebra, and it can
still overflow: a logit far above the mean has an exponent far above 0. Which shift leaves no
exponent above 0, and yet one of them at 0?
"""

import numpy as np


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    if x.shape[axis] == 0:
        raise ValueError("there is nothing along the axis")
    m = x.mean(axis=axis, keepdims=True)
    c = np.where(np.isfinite(m), m, 0)
    return np.log(np.exp(x - c).sum(axis=axis)) + c.squeeze(axis=axis)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x - np.expand_dims(log_sum_exp(x, axis), axis)
