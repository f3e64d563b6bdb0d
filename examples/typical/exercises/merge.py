import numpy as np


def merge(a, b):
    m = max(a[0], b[0])
    return m, a[1] * np.exp(a[0] - m) + b[1] * np.exp(b[0] - m)


def softmax_chunked(x, n_chunks):
    size = len(x) // n_chunks
    pair = None
    for i in range(n_chunks):
        chunk = x[i * size:(i + 1) * size]
        m = chunk.max()
        this = m, np.exp(chunk - m).sum()
        pair = this if pair is None else merge(pair, this)
    m, d = pair
    return np.exp(x - m) / d
