import numpy as np


def merge(a, b):
    lo, hi = sorted((a, b), key=lambda pair: pair[0])
    if lo[1] == 0:
        return hi
    return hi[0], hi[1] + lo[1] * np.exp(lo[0] - hi[0])


def softmax_chunked(x, n_chunks):
    x = np.asarray(x)
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    if np.isnan(x).any():
        return np.full_like(x, np.nan)
    whole, exponentials = (-np.inf, 0.0), []
    for chunk in np.array_split(x, n_chunks):
        m = chunk.max(initial=-np.inf)
        e = np.exp(chunk - (m if m != -np.inf else 0))
        exponentials.append(e)
        whole = merge(whole, (float(m), float(e.sum(dtype=np.float64))))
    m, d = whole
    return (np.concatenate(exponentials).astype(np.float64) / np.float64(d)).astype(x.dtype)
