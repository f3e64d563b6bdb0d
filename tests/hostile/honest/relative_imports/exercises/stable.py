"""Imports a neighbour with a dot, and with a star."""

import numpy as np

from . import naive
from .naive import *


def softmax_stable(x, axis=-1):
    x = np.moveaxis(x if x.dtype.kind == "f" else x.astype(float), axis, -1)
    with np.errstate(invalid="ignore"):
        return np.moveaxis(naive.softmax_naive(x - x.max(-1, keepdims=True)), -1, axis)
