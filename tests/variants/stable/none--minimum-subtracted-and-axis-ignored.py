"""Two at once: the smallest logit of each row is subtracted, and always along the last axis."""
import numpy as np


def softmax_stable(x, axis=-1):
    if x.shape[-1] == 0:
        raise ValueError("nothing")
    e = np.exp(x - x.min(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
