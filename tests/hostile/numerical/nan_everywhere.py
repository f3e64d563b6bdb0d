"""NaN everywhere, right only where a whole answer is NaN."""

import numpy as np


def softmax_naive(x):
    return np.full(x.shape, np.nan, x.dtype if x.dtype.kind == "f" else float)
