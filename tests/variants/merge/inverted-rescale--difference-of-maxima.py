import numpy as np


def merge(a, b):
    if a[1] == 0.0:
        return b
    if b[1] == 0.0:
        return a
    gap = np.abs(np.float64(a[0]) - np.float64(b[0]))
    if a[0] >= b[0]:
        return a[0], a[1] + b[1] * np.exp(gap)
    return b[0], b[1] + a[1] * np.exp(gap)


def softmax_chunked(x, n_chunks):
    wide = x.astype(np.float64)
    bounds = [len(wide) * i // n_chunks for i in range(n_chunks + 1)]
    m, d = -np.inf, 0.0
    for start, stop in zip(bounds, bounds[1:]):
        piece = wide[start:stop]
        if piece.size == 0 or np.all(piece == -np.inf):
            continue
        m, d = merge((m, d), (piece.max(), np.exp(piece - piece.max()).sum()))
    y = np.exp(wide - m) / d
    return y.astype(x.dtype) if x.dtype.kind == "f" else y
