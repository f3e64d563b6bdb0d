"""Extended precision inside the pieces; merge itself keeps whatever type it is given."""
import numpy as np

LD = np.longdouble


def merge(a, b):
    if a[0] < b[0]:
        a, b = b, a
    if b[0] == -np.inf:
        return a[0], a[1]
    return a[0], a[1] + b[1] * np.exp(b[0] - a[0])


def softmax_chunked(x, n_chunks):
    wide = x.astype(LD)
    pair = (LD(-np.inf), LD(0))
    for piece in np.array_split(wide, n_chunks):
        if piece.size and piece.max() > -np.inf:
            pair = merge(pair, (piece.max(), np.exp(piece - piece.max()).sum()))
    with np.errstate(all="ignore"):
        wide = np.exp(wide - pair[0]) / pair[1]
        return wide.astype(np.float64 if x.dtype.kind in "iu" else x.dtype)
