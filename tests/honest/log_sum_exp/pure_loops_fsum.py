"""Plain Python loops over the rows, with math.exp and math.fsum."""
import math
import numpy as np


def _row_lse(row):
    for v in row:
        if math.isnan(v):
            return math.nan
    m = max(row)
    if math.isinf(m):
        return m
    return m + math.log(math.fsum(math.exp(v - m) for v in row))


def _dtype(x):
    return x.dtype if np.issubdtype(x.dtype, np.floating) else np.float64


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("log_sum_exp of nothing")
    moved = np.moveaxis(x, axis, -1)
    out = np.empty(moved.shape[:-1], dtype=_dtype(x))
    for i in np.ndindex(*out.shape):
        out[i] = _row_lse([float(v) for v in moved[i]])
    return out


def log_softmax(x, axis=-1):
    out = np.empty(x.shape, dtype=_dtype(x))
    src = np.moveaxis(x, axis, -1)
    dst = np.moveaxis(out, axis, -1)
    for i in np.ndindex(*src.shape[:-1]):
        row = [float(v) for v in src[i]]
        if any(map(math.isnan, row)) or max(row) == -math.inf:
            dst[i] = math.nan
            continue
        m = max(row)
        log_s = math.log(math.fsum(math.exp(v - m) for v in row))
        for j, v in enumerate(row):
            dst[i + (j,)] = (v - m) - log_s
    return out
