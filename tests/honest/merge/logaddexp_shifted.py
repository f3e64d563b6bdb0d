"""merge through np.logaddexp of log d, relative to the larger maximum."""
import numpy as np


def merge(a, b):
    (ma, da), (mb, db) = a, b
    m = max(ma, mb)
    if m == -np.inf:
        return -np.inf, 0.0
    with np.errstate(divide="ignore"):
        return m, np.exp(np.logaddexp((ma - m) + np.log(da), (mb - m) + np.log(db)))


def softmax_chunked(x, n_chunks):
    y = x.astype(np.float64)
    pairs = []
    for piece in np.array_split(y, n_chunks):
        m = np.max(piece, initial=-np.inf)
        pairs.append((m, 0.0) if m == -np.inf else (m, np.exp(piece - m).sum()))
    while len(pairs) > 1:
        pairs = [merge(*pairs[i:i + 2]) if i + 1 < len(pairs) else pairs[i] for i in range(0, len(pairs), 2)]
    m, d = pairs[0]
    with np.errstate(all="ignore"):
        return np.divide(np.exp(y - m), d).astype(x.dtype if x.dtype.kind == "f" else np.float64)
