"""np.single, one slice after the other."""
import numpy as np


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("zero classes")
    out = np.empty(x.shape, dtype=x.dtype if x.dtype.kind == "f" else np.float64)
    rows, answers = np.moveaxis(x, axis, -1), np.moveaxis(out, axis, -1)
    for i in np.ndindex(rows.shape[:-1]):
        r = np.array(rows[i], dtype=np.single)
        with np.errstate(all="ignore"):
            e = np.exp(r - np.amax(r))
            answers[i] = e / np.sum(e)
    return out
