"""The right numbers for the input of the call before."""

import numpy as np

before = []


def softmax_stable(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    before.append(e / e.sum(axis=axis, keepdims=True))
    return np.resize(before[-2] if len(before) > 1 else 0.5, x.shape).astype(e.dtype)
