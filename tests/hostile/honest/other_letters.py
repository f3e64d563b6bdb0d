"""Names in other letters: Σ, μ, größtes, 最大."""

import numpy as np


def größtes(x, achse):
    最大 = x.max(axis=achse, keepdims=True)
    return 最大


def softmax_stable(x, axis=-1):
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    μ = größtes(x, axis)
    ε = np.exp(x - μ)
    Σ = ε.sum(axis=axis, keepdims=True)
    return ε / Σ
