"""np.power with a base of 2.0, row after row of a flattened copy."""
import numpy as np


def softmax_naive(x):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    flat = np.array(x, dtype=kind).reshape(-1, x.shape[-1])
    result = np.zeros_like(flat)
    for i in range(len(flat)):
        p = np.power(2.0, flat[i])
        result[i] = p / p.sum()
    return result.reshape(x.shape)
