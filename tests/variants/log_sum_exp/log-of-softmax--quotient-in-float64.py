import numpy as np


def log_sum_exp(x, axis=-1):
    t = x.dtype if x.dtype.kind == "f" else np.dtype("float64")
    z = x.astype("float64")
    biggest = z.max(axis=axis)
    c = np.where(np.isinf(biggest), 0.0, biggest)
    total = np.exp(z - np.expand_dims(c, axis)).sum(axis=axis)
    return (np.log(total) + c).astype(t)


def log_softmax(x, axis=-1):
    t = x.dtype if x.dtype.kind == "f" else np.dtype("float64")
    z = x.astype("float64")
    numerator = np.exp(z - z.max(axis=axis, keepdims=True))
    share = numerator / numerator.sum(axis=axis, keepdims=True)
    return np.log(share).astype(t)
