# Style: own naive softmax on shifted logits, imported by the short name
import numpy as np
from naive import softmax_naive


def softmax_stable(x, axis=-1):
    x = np.moveaxis(x, axis, -1)
    return np.moveaxis(softmax_naive(x - x.max(axis=-1, keepdims=True)), -1, axis)
