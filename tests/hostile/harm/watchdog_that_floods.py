"""A watchdog in C that writes all stacks a thousand times a second."""

import faulthandler
import time

faulthandler.dump_traceback_later(0.001, repeat=True)


def softmax_stable(x, axis=-1):
    time.sleep(0.01)
    return x
