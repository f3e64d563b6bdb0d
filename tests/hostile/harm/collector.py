"""A callback of the garbage collector that never ends."""

import gc


def never(phase, info):
    while True:
        pass


def softmax_stable(x, axis=-1):
    gc.callbacks.append(never)
    gc.collect()
    return x
