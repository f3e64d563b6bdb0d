"""d e^m on both sides as NumPy numbers, divided by e^m again."""
import numpy as np


def merge(a, b):
    with np.errstate(all="ignore"):
        plain = [np.float64(d) * np.exp(np.float64(m)) for m, d in (a, b) if d > 0]
        m = max(a[0], b[0])
        if not plain:
            return m, 0.0
        return m, sum(plain) / np.exp(np.float64(m))


def softmax_chunked(x, n_chunks):
    z = x.astype(np.float64)
    pair = (-np.inf, 0.0)
    for c in np.array_split(z, n_chunks):
        c = c[np.isfinite(c)]
        if len(c):
            pair = merge(pair, (c.max(), np.exp(c - c.max()).sum()))
    with np.errstate(all="ignore"):
        return (np.exp(z - pair[0]) / np.float64(pair[1])).astype(x.dtype if x.dtype.kind == "f" else "d")
