import numpy as np


def plain(pair):
    return np.exp(pair[0]) * pair[1]


def merge(a, b):
    if a[0] == -np.inf:
        return b
    if b[0] == -np.inf:
        return a
    m = np.maximum(a[0], b[0])
    with np.errstate(all="ignore"):
        return m, (plain(a) + plain(b)) / np.exp(m)


def softmax_chunked(x, n_chunks):
    z = x.astype(np.float64)
    pairs = []
    for part in np.array_split(z, n_chunks):
        m = part.max() if part.size else -np.inf
        pairs.append((m, np.exp(part - m).sum()) if m != -np.inf else (m, 0.0))
    while len(pairs) > 1:
        pairs.append(merge(pairs.pop(0), pairs.pop(0)))
    m, d = pairs[0]
    p = np.exp(z - m) / d
    return p if x.dtype.kind in "iu" else p.astype(x.dtype)
