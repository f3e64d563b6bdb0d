"""Arrays of two maxima and two sums, multiplied by np.dot."""
import numpy as np


def merge(a, b):
    maxima = np.array([a[0], b[0]], dtype=float)
    sums = np.array([a[1], b[1]], dtype=float)
    m = maxima.max()
    with np.errstate(invalid="ignore"):
        return float(m), float(np.dot(sums, np.exp(maxima - m)))


def softmax_chunked(x, n_chunks):
    z = x.astype(np.float64)
    pairs = []
    for part in np.array_split(z, n_chunks):
        seen = part[part != -np.inf]
        if seen.size:
            pairs.append((seen.max(), np.exp(seen - seen.max()).sum()))
    if not pairs:
        return np.full(x.shape, np.nan, x.dtype if x.dtype.kind == "f" else float)
    whole = pairs[0]
    for pair in pairs[1:]:
        whole = merge(whole, pair)
    return (np.exp(z - whole[0]) / whole[1]).astype(x.dtype if x.dtype.kind == "f" else float)
