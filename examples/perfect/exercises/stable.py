import numpy as np


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("softmax of an empty axis")

    # ints -> float64, floats stay what they are
    dtype = x.dtype if np.issubdtype(x.dtype, np.floating) else np.float64
    z = x.astype(dtype)  # a copy, so the caller's x is safe

    z -= np.max(z, axis=axis, keepdims=True)
    np.exp(z, out=z)
    z /= np.sum(z, axis=axis, keepdims=True)
    return z
