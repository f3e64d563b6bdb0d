# Style: math.exp and math.fsum on lists
import math

import numpy as np


def _softmax(row):
    values = [float(v) for v in row]
    m = max(values)
    if any(math.isnan(v) for v in values) or math.isinf(m):
        return [math.nan] * len(values)
    e = [math.exp(v - m) for v in values]
    total = math.fsum(e)
    return [v / total for v in e]


def softmax_stable(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError
    kind = x.dtype if x.dtype.kind == "f" else float
    return np.apply_along_axis(_softmax, axis, x).astype(kind)
