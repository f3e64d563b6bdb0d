# Style: float64 inside, cast back at the end
import numpy as np


def softmax_stable(x, axis=-1):
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)
    z = x.astype(np.float64)
    z = z - z.max(axis, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis, keepdims=True)
    return z.astype(kind)
