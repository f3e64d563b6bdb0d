"""The walrus, match and unpacking in an index."""

import numpy as np


def softmax_stable(x, axis=-1):
    match x.dtype.kind, x.shape[axis]:
        case _, 0:
            raise ValueError("nothing to choose from")
        case "f", _:
            pass
        case kind, _ if kind in "iu":
            x = x.astype(np.float64)
        case _:
            raise TypeError(x.dtype)
    if (m := x.max(axis=axis, keepdims=True)).size:
        e = np.exp(x - m)
    return e[*(slice(None) for _ in x.shape)] / e.sum(axis=axis, keepdims=True)
