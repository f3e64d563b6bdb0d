# Style: loops over rows and classes, scalars of the type of x
import numpy as np


def softmax_naive(x):
    kind = x.dtype.type if x.dtype.kind == "f" else np.float64
    rows = x.reshape(-1, x.shape[-1])
    out = np.empty(rows.shape, kind)
    for i in range(rows.shape[0]):
        total = kind(0)
        for k in range(rows.shape[1]):
            out[i, k] = np.exp(kind(rows[i, k]))
            total += out[i, k]
        for k in range(rows.shape[1]):
            out[i, k] = out[i, k] / total
    return out.reshape(x.shape)
