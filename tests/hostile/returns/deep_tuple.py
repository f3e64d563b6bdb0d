"""A tuple in a tuple, a hundred thousand times."""

import numpy as np


def softmax_stable(x, axis=-1):
    answer = (np.zeros(x.shape, x.dtype),)
    for _ in range(100_000):
        answer = (answer,)
    return answer
