"""The pieces and the final answer go through the student's own log_sum_exp, always on shifted logits."""
import numpy as np

from exercises.log_sum_exp import log_sum_exp


def merge(a, b):
    if a[0] == b[0]:
        return a[0], a[1] + b[1]
    big, small = (a, b) if a[0] > b[0] else (b, a)
    return big[0], big[1] + small[1] * np.exp(small[0] - big[0])


def softmax_chunked(x, n_chunks):
    dtype = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    y = x.astype(np.float64)
    whole = (-np.inf, 0.0)
    for piece in np.array_split(y, n_chunks):
        if piece.size == 0:
            continue
        m = piece.max()
        if m > -np.inf:
            whole = merge(whole, (m, np.exp(log_sum_exp(piece - m))))
    m, d = whole
    with np.errstate(all="ignore"):
        return np.exp((y - m) - np.log(d)).astype(dtype)
