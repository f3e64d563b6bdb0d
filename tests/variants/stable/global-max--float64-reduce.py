"""functools.reduce over the flat array, and everything else in float64."""
import functools

import numpy as np


def softmax_stable(x, axis=-1):
    wanted = x.dtype if x.dtype.kind == "f" else np.dtype(float)
    if x.shape[axis] < 1:
        raise ValueError("no logits along axis %d" % axis)
    z = x.astype(float)
    m = functools.reduce(np.maximum, z.flat)
    num = np.exp(z - m)
    return (num / np.sum(num, axis=axis, keepdims=True)).astype(wanted)
