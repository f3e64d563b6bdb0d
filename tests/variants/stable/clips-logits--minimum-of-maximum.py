import numpy as np

LIMIT = 600.0


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("no classes")
    out_type = x.dtype if x.dtype.kind == "f" else np.float64
    z = x.astype(np.float64)
    tame = np.minimum(np.maximum(z, -LIMIT), LIMIT)
    z = np.where(np.isfinite(z), tame, z)
    e = np.exp(z)
    total = e.sum(axis=axis, keepdims=True)
    broken = ~np.isfinite(total) | (total == 0)
    return np.where(broken, np.nan, e / np.where(broken, 1, total)).astype(out_type)
