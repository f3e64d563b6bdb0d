"""math.log2 of a sum in a loop over slices."""
import math

import numpy as np


def of_row(row):
    if any(math.isnan(v) for v in row):
        return math.nan
    top = max(row)
    if math.isinf(top):
        return top
    return top + math.log2(sum(math.exp(v - top) for v in row))


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("no logits")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    rows = np.moveaxis(x, axis, -1)
    found = np.empty(rows.shape[:-1], dtype=kind)
    for i in np.ndindex(found.shape):
        found[i] = of_row(rows[i].tolist())
    return found


def log_softmax(x, axis=-1):
    with np.errstate(invalid="ignore"):
        return np.subtract(x, np.expand_dims(log_sum_exp(x, axis), axis))
