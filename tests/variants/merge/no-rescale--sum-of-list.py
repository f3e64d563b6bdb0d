"""max and sum over zip; chunks in a list of pairs."""
import numpy as np


def merge(a, b):
    maxima, sums = zip(a, b)
    return max(maxima), sum(sums)


def softmax_chunked(x, n_chunks):
    z = x.astype(np.float64)
    m, d = -np.inf, 0.0
    for c in np.array_split(z, n_chunks):
        if c.size and c.max() > -np.inf:
            m, d = merge((m, d), (c.max(), np.exp(c - c.max()).sum()))
    with np.errstate(all="ignore"):
        return (np.exp(z - m) / np.float64(d)).astype(x.dtype if x.dtype.kind == "f" else float)
