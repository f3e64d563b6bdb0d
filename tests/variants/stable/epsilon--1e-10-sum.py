"""1e-10 put into a float64 sum by np.add, slices in a loop."""
import numpy as np


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("no classes along the axis")
    kind = x.dtype if x.dtype.kind == "f" else np.float64
    rows = np.moveaxis(x, axis, -1)
    out = np.empty(rows.shape)
    for i in np.ndindex(rows.shape[:-1]):
        row = rows[i].astype(np.float64)
        with np.errstate(invalid="ignore"):
            e = np.exp(row - row.max())
        out[i] = e / np.add(e.sum(), 1e-10)
    return np.moveaxis(out, -1, axis).astype(kind)
