"""Fractions for the sums, which lose nothing, where the numbers are few."""

import math
from fractions import Fraction

import numpy as np


def total(numbers):
    if len(numbers) > 50 or not all(map(math.isfinite, numbers)):
        return math.fsum(numbers)
    return float(sum(map(Fraction, numbers)))


def softmax_naive(x):
    with np.errstate(all="ignore"):
        e = np.exp(x)
        rows = e.reshape(-1, e.shape[-1])
        sums = [row.sum() if np.isinf(row).any() else total(row.tolist()) for row in rows]
        sums = np.array(sums).reshape((*e.shape[:-1], 1))
        return (e / sums.astype(e.dtype)).astype(e.dtype)
