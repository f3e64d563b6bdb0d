"""numpy.vectorize over rows."""

import numpy as np

divided = np.vectorize(lambda row: row / row.sum(), signature="(k)->(k)")


def softmax_naive(x):
    with np.errstate(all="ignore"):
        return divided(np.exp(x))
