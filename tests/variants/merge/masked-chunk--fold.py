"""reduce over pairs of float64 chunks, skipping only the empty ones."""
from functools import reduce

import numpy as np

NOTHING = (float("-inf"), 0.0)


def merge(a, b):
    if a[1] == 0:
        return b
    if b[1] == 0:
        return a
    with np.errstate(invalid="ignore"):
        top = np.maximum(a[0], b[0])
        return top, a[1] * np.exp(a[0] - top) + b[1] * np.exp(b[0] - top)


def pair_of(chunk):
    top = np.amax(chunk)
    with np.errstate(invalid="ignore"):
        return top, np.add.reduce(np.exp(chunk - top))


def softmax_chunked(x, n_chunks):
    wide = x.astype("d")
    chunks = [c for c in np.array_split(wide, n_chunks) if len(c)]
    m, d = reduce(merge, map(pair_of, chunks), NOTHING)
    with np.errstate(invalid="ignore"):
        return (np.exp(wide - m) / d).astype(x.dtype if x.dtype.kind == "f" else "d")
