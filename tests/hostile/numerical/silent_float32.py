"""float64 logits computed in float32, and returned as float64."""

import numpy as np


def softmax_stable(x, axis=-1):
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(float)
    single = x if kind == np.float16 else x.astype(np.float32)
    with np.errstate(all="ignore"):
        e = np.exp(single - single.max(axis=axis, keepdims=True))
    return (e / e.sum(axis=axis, keepdims=True)).astype(kind)
