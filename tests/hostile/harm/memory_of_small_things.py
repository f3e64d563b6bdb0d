"""Ten million small objects, in circles that the collector never gets to see."""

import gc

gc.disable()
gc.freeze()
HELD = None
for _ in range(10_000_000):
    HELD = [HELD, None]
    HELD[1] = HELD


def softmax_stable(x, axis=-1):
    return x
