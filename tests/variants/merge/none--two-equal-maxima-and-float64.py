import numpy as np


def merge(a, b):
    if a[0] == b[0]:
        return a
    m = np.maximum(a[0], b[0])
    return m, a[1] * np.exp(a[0] - m) + b[1] * np.exp(b[0] - m)


def softmax_chunked(x, n_chunks):
    x = x.astype(np.float64)
    m, d = -np.inf, 0.0
    for chunk in np.array_split(x, n_chunks):
        if chunk.size and chunk.max() != -np.inf:
            m, d = merge((m, d), (chunk.max(), np.exp(chunk - chunk.max()).sum()))
    return np.exp(x - m) / d
