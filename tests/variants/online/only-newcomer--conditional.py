"""One conditional expression per quantity, in NumPy scalars."""
import numpy as np


def online_normalizer(stream):
    big = -np.inf
    acc = 0.0
    for item in stream:
        if item == -np.inf:
            pass
        elif item > big:
            acc = acc + np.exp(big - item)
            big = item
        else:
            acc = acc + np.exp(item - big)
    return big, acc


def softmax_online(x):
    big, acc = online_normalizer(iter(x.astype(np.float64)))
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    with np.errstate(all="ignore"):
        return (np.exp(x.astype(np.float64) - big) / np.float64(acc)).astype(kind)
