"""Numerators kept from the first walk in a list, joined at the end."""
import numpy as np


def merge(a, b):
    m = max(a[0], b[0])
    d = 0.0
    for top, total in (a, b):
        if total > 0:
            d += total * np.exp(top - m)
    return m, d


def softmax_chunked(x, n_chunks):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    numerators = []
    pair = (-np.inf, 0.0)
    for chunk in np.array_split(x.astype(np.float64), n_chunks):
        top = np.max(chunk, initial=-np.inf)
        e = np.exp(chunk - (0.0 if top == -np.inf else top))
        numerators.append(e)
        pair = merge(pair, (top, e.sum()))
    with np.errstate(invalid="ignore"):
        return (np.concatenate(numerators) / np.float64(pair[1])).astype(kind)
