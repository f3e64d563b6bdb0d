"""np.minimum and np.maximum at bounds that fit the type, on rows moved to the end."""
import numpy as np

BOUND = {"e": 10.0, "f": 80.0, "d": 700.0}


def softmax_stable(x, axis=-1):
    if not x.shape[axis]:
        raise ValueError("axis is empty")
    if x.dtype.kind in "iu":
        x = x.astype(float)
    b = BOUND[x.dtype.char]
    rows = np.moveaxis(x, axis, -1)
    e = np.exp(np.maximum(np.minimum(rows, b), -b))
    return np.moveaxis(e / e.sum(-1, keepdims=True), -1, axis)
