"""Stops its process, which then neither ends nor answers."""

import os
import signal


def softmax_stable(x, axis=-1):
    os.kill(os.getpid(), signal.SIGSTOP)
    return x
