import numpy as np


def merge(a, b):
    m = np.maximum(a[0], b[0])
    if m == -np.inf:
        return -np.inf, 0.0
    return m, a[1] * np.exp(a[0] - m) + b[1] * np.exp(b[0] - m)


def pair(row):
    m = np.max(row, initial=-np.inf)
    return (m, np.exp(row - m).sum()) if m != -np.inf else (-np.inf, 0.0)


def softmax_chunked(x, n_chunks):
    t = x.dtype if x.dtype.kind == "f" else np.dtype(float)
    z = x.astype(float)
    length = len(z) // n_chunks
    table = z[: n_chunks * length].reshape(n_chunks, length)
    both = (-np.inf, 0.0)
    for row in table:
        both = merge(both, pair(row))
    return (np.exp(z - both[0]) / both[1]).astype(t)
