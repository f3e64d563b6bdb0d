"""Two branches, one for either side, and NumPy scalars."""
import numpy as np


def merge(a, b):
    if a[1] == 0:
        return tuple(b)
    if b[1] == 0:
        return tuple(a)
    with np.errstate(all="ignore"):
        if a[0] > b[0]:
            return a[0], a[1] + b[1] * np.exp(np.float64(a[0]) - b[0])
        return b[0], b[1] + a[1] * np.exp(np.float64(b[0]) - a[0])


def softmax_chunked(x, n_chunks):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    with np.errstate(all="ignore"):
        pair = (-np.inf, 0.0)
        for part in np.array_split(x.astype(np.float64), n_chunks):
            part = part[part > -np.inf]
            if part.size:
                pair = merge(pair, (part.max(), np.exp(part - part.max()).sum()))
        return (np.exp(x.astype(np.float64) - pair[0]) / pair[1]).astype(kind)
