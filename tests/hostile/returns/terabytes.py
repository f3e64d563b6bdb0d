"""One number broadcast to petabytes."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.broadcast_to(x.dtype.type(0.5), (1 << 50,))
