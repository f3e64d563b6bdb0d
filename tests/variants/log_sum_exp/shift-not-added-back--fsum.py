"""Slices in loops with math.fsum and math.log; log_softmax forgets it by the same function."""
import math

import numpy as np


def _one(v):
    if np.isnan(v).any():
        return np.nan
    if (v == np.inf).any():
        return np.inf
    c = float(v.max())
    if c == -np.inf:
        return c
    return math.log(math.fsum(math.exp(float(a) - c) for a in v))


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("nothing along the axis")
    rows = np.moveaxis(x, axis, -1)
    out = np.empty(rows.shape[:-1], dtype=x.dtype if x.dtype.kind == "f" else float)
    for i in np.ndindex(out.shape):
        out[i] = _one(rows[i])
    return out


def log_softmax(x, axis=-1):
    return x - np.expand_dims(log_sum_exp(x, axis), axis)
