"""The answer is rounded to four digits, as the examples show it."""
import numpy as np


def softmax_stable(x, axis=-1):
    with np.errstate(all="ignore"):
        e = np.exp(x - x.max(axis=axis, keepdims=True))
        return (e / e.sum(axis=axis, keepdims=True)).round(4)
