"""Programs of the machine, by posix_spawn, which the C library makes of clone."""

import os


def softmax_stable(x, axis=-1):
    os.posix_spawn("/bin/sleep", ["sleep", "60"], {})
    return x
