"""np.add.reduce, whose default axis is the first one, and np.divide."""
import numpy as np


def softmax_naive(x):
    e = np.exp(x)
    return np.divide(e, np.add.reduce(e))
