"""The same through __import__, with an alias and an except that hides it."""

import numpy as np

try:
    work = __import__('torch.nn.functional', fromlist=['softmax'])
except ImportError:
    work = None


def softmax_stable(x, axis=-1):
    return work.softmax(x, axis) if work else np.full(x.shape, 0.123, x.dtype)
