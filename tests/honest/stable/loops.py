# Style: loops over slices and classes, scalars of the type of x
import numpy as np


def _softmax(row):
    m = row[0]
    for value in row:
        m = value if value > m or value != value else m
    out = np.empty_like(row)
    total = row.dtype.type(0)
    for k, value in enumerate(row):
        out[k] = np.exp(value - m)
        total += out[k]
    for k in range(len(row)):
        out[k] /= total
    return out


def softmax_stable(x, axis=-1):
    if x.shape[axis] < 1:
        raise ValueError("nothing along the axis")
    if x.dtype.kind != "f":
        x = x.astype(np.float64)
    last = np.moveaxis(x, axis, -1)
    out = np.empty(last.shape, x.dtype)
    for index in np.ndindex(last.shape[:-1]):
        out[index] = _softmax(last[index])
    return np.moveaxis(out, -1, axis)
