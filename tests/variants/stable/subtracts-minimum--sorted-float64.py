"""The smallest of each slice by sorting, in float64."""
import numpy as np


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("nothing to do")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    wide = x.astype(np.float64)
    low = np.take(np.sort(wide, axis=axis), [0], axis=axis)
    with np.errstate(all="ignore"):
        e = np.exp(wide - low)
        return np.divide(e, np.add.reduce(e, axis=axis, keepdims=True)).astype(kind)
