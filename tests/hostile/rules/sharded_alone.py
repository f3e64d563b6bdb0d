"""Asks no other rank at all and answers with the softmax of its own shard."""

import numpy as np


def softmax_sharded(x_local, comm):
    x = x_local if x_local.dtype.kind == "f" else x_local.astype(float)
    with np.errstate(invalid="ignore"):
        e = np.exp(x - x.max(initial=-np.inf))
        return e / e.sum()
