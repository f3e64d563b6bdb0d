import numpy as np


def merge(a, b):
    top = np.fmax(a[0], b[0]) if not (np.isnan(a[0]) or np.isnan(b[0])) else np.nan
    if np.isneginf(top) and a[1] == 0 and b[1] == 0:
        return float("-inf"), 0.0
    total = 0.0
    for m, d in (a, b):
        total = total + d * np.exp(m - top)
    return top, total


def tree(pairs):
    if len(pairs) == 1:
        return pairs[0]
    middle = len(pairs) // 2
    return merge(tree(pairs[:middle]), tree(pairs[middle:]))


def look_at(chunk):
    if len(chunk) == 0:
        return float("-inf"), 0.0
    highest = np.max(chunk)
    return highest, np.sum(np.exp(chunk - highest))


def softmax_chunked(x, n_chunks):
    t = x.dtype if x.dtype.kind == "f" else np.float64
    logits = np.asarray(x, np.float64)
    m, d = tree([look_at(c) for c in np.array_split(logits, n_chunks)])
    return np.asarray(np.exp(logits - m) / d, dtype=t)
