"""All of the probability for the largest logit."""

import numpy as np


def softmax_stable(x, axis=-1):
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(float)
    top = x.max(axis=axis, keepdims=True)
    hot = (x == top).astype(kind) / (x == top).sum(axis=axis, keepdims=True).astype(kind)
    return np.where(np.isfinite(top), hot, np.nan).astype(kind)
