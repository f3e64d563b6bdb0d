"""NaN where the maximum is infinite

Where all of a slice is -inf, its maximum is -inf too, and -inf - (-inf) is NaN. The same
happens with inf - inf where there is a +inf. Such slices have an answer. What could be
subtracted there instead, so that nothing is spoiled?
"""

import numpy as np


def log_sum_exp(x: np.ndarray, axis: int = -1) -> np.ndarray | float:
    c = x.max(axis=axis, keepdims=True)
    return np.log(np.exp(x - c).sum(axis=axis)) + c.squeeze(axis=axis)


def log_softmax(x: np.ndarray, axis: int = -1) -> np.ndarray:
    return x - np.expand_dims(log_sum_exp(x, axis), axis)
