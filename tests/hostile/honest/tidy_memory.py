"""The collector off and on again, references weak, inputs copied deeply before all else."""

import copy
import gc
import weakref

import numpy as np

gc.disable()
gc.set_threshold(10)


class Held:
    def __init__(self, x):
        self.x = copy.deepcopy(x)

    def __del__(self):
        print("freed")


def softmax_stable(x, axis=-1):
    held = Held(x)
    seen = weakref.ref(held)
    x = seen().x
    x = x if x.dtype.kind == "f" else x.astype(np.float64)
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    gc.collect()
    return e / e.sum(axis=axis, keepdims=True)
