"""An import that takes an hour."""

import time

time.sleep(3600)


def softmax_stable(x, axis=-1):
    return x
