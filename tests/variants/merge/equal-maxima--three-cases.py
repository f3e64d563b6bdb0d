"""Three cases by if, elif, else, and math.exp."""
import math

import numpy as np


def merge(a, b):
    ma, da = a
    mb, db = b
    if da == 0:
        return mb, db
    if ma > mb:
        return ma, da + db * math.exp(mb - ma)
    elif ma < mb:
        return mb, db + da * math.exp(ma - mb)
    else:
        return ma, da


def softmax_chunked(x, n_chunks):
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    z = x.astype(np.float64)
    pair = (-math.inf, 0.0)
    for c in np.array_split(z, n_chunks):
        if c.size and c.max() > -math.inf:
            pair = merge(pair, (float(c.max()), float(np.exp(c - c.max()).sum())))
    m, d = pair
    with np.errstate(all="ignore"):
        return (np.exp(z - m) / np.float64(d)).astype(kind)
