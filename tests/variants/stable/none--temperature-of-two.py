"""The logits are halved, as if the temperature were 2."""
import numpy as np


def softmax_stable(x, axis=-1):
    with np.errstate(all="ignore"):
        z = (x - x.max(axis=axis, keepdims=True)) / 2
        e = np.exp(z)
        return (e / e.sum(axis=axis, keepdims=True)).astype(x.dtype if x.dtype.kind == "f" else float)
