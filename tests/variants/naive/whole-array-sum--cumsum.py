"""The last number of a running sum over the flattened exponentials."""
import numpy as np


def softmax_naive(x):
    exponentials = np.e ** x.astype(np.float64) if x.dtype.kind != "f" else np.exp(x)
    running = np.cumsum(exponentials.ravel())
    return exponentials / running[-1]
