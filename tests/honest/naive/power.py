# Style: a power of e in place of exp
import numpy as np


def softmax_naive(x):
    x = x if x.dtype.kind == "f" else x.astype(float)
    powers = np.power(x.dtype.type(np.e), x)
    return powers / powers.sum(axis=-1, keepdims=True)
