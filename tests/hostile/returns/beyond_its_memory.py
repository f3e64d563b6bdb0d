"""A plain array over memory that does not exist."""

import ctypes

import numpy as np


def softmax_stable(x, axis=-1):
    nowhere = (ctypes.c_double * x.size).from_address(4096)
    return np.frombuffer(nowhere).reshape(x.shape)
