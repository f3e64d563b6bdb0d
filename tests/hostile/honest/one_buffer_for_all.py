"""Answers as views into one buffer that every call writes to."""

import numpy as np

buffer = np.empty(1 << 20, np.uint8)


def softmax_stable(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    with np.errstate(all="ignore"):
        e = np.exp(x - x.max(axis=axis, keepdims=True))
        out = buffer[: e.nbytes].view(e.dtype).reshape(e.shape)
        return np.divide(e, e.sum(axis=axis, keepdims=True), out=out)
