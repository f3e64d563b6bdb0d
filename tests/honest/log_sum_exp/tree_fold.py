"""Folds the axis in halves with np.logaddexp until one entry is left (a tree of merges, float32 at least)."""
import numpy as np


def _working(x):
    if x.dtype == np.float16:
        return np.float32
    return x.dtype if x.dtype.kind == "f" else np.float64


def _tree(y):
    while y.shape[0] > 1:
        half = y.shape[0] // 2
        merged = np.logaddexp(y[:half], y[half:2 * half])
        if y.shape[0] % 2:
            merged = np.concatenate([merged, y[-1:]])
        y = merged
    return y[0]


def log_sum_exp(x, axis=-1):
    if x.shape[axis] == 0:
        raise ValueError("empty")
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    return np.asarray(_tree(np.moveaxis(x, axis, 0).astype(_working(x)))).astype(dtype)


def log_softmax(x, axis=-1):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    y = np.moveaxis(x, axis, 0).astype(_working(x))
    y = y - y.max(axis=0)
    return np.moveaxis(y - _tree(y), 0, axis).astype(dtype)
