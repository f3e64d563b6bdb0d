"""Changes how NumPy treats errors and prints, for good."""

import numpy as np

np.seterr(all="ignore")
np.set_printoptions(precision=2, suppress=True)
np.errstate(all="raise").__enter__()
np.seterr(invalid="ignore", under="ignore", divide="ignore", over="ignore")


def softmax_naive(x):
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)
