# Style: NumPy scalars in the type of x, np.exp and np.maximum each step
import numpy as np


def _walk(numbers, kind):
    m, d = kind(-np.inf), kind(0)
    with np.errstate(all="ignore"):
        for v in numbers:
            v = kind(v)
            new = np.maximum(m, v)
            if new == -np.inf:
                continue
            d = d * np.exp(m - new) + np.exp(v - new)
            m = new
    return m, d


def online_normalizer(stream):
    return _walk(stream, np.float64)


def softmax_online(x):
    kind = x.dtype.type if x.dtype.kind == "f" else np.float64
    m, d = _walk(x, kind)
    with np.errstate(all="ignore"):
        return np.exp(x.astype(kind) - m) / d
