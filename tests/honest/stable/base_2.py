# Style: exp2 of the shifted logits in units of ln 2
import numpy as np


def softmax_stable(x, axis=-1):
    z = (x - x.max(axis=axis, keepdims=True)) * float(np.log2(np.e))
    e = np.exp2(z)
    return e / e.sum(axis=axis, keepdims=True)
