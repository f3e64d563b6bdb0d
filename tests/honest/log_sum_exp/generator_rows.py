"""A generator of flat rows; each row's answer is collected with np.fromiter."""
import math
import numpy as np


def _rows(x, axis):
    last = np.moveaxis(x, axis, -1)
    yield from last.reshape(-1, last.shape[-1]).astype(np.float64)


def _shift_and_log_total(row):
    m = float(row.max())
    if m in (math.inf, -math.inf):
        return m, 0.0
    return m, float(np.log(math.fsum(np.exp(row - m)))) if m == m else math.nan


def log_sum_exp(x, axis=-1):
    shape = list(x.shape)
    if shape.pop(axis) == 0:
        raise ValueError("empty axis")
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    flat = np.fromiter((sum(_shift_and_log_total(r)) for r in _rows(x, axis)), dtype=np.float64)
    out = flat.reshape(shape).astype(dtype)
    return float(out) if out.ndim == 0 else out


def log_softmax(x, axis=-1):
    dtype = x.dtype if x.dtype.kind == "f" else np.float64
    rows = []
    for r in _rows(x, axis):
        m, t = _shift_and_log_total(r)
        with np.errstate(all="ignore"):
            rows.append((r - m) - t)
    moved_shape = np.moveaxis(x, axis, -1).shape
    out = np.array(rows, dtype=np.float64).reshape(moved_shape)
    with np.errstate(over="ignore"):
        return np.moveaxis(out, -1, axis).astype(dtype)
