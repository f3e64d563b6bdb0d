"""Type hints and validation of every argument; float16 in float32, the rest in its own precision."""
from __future__ import annotations

import operator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_WORK = {np.dtype(np.float16): np.float32, np.dtype(np.float32): np.float32, np.dtype(np.float64): np.float64}


def _check(x: Array, axis: int) -> tuple[Array, int, np.dtype]:
    arr = np.asarray(x)
    if arr.ndim == 0:
        raise ValueError("need at least one dimension")
    ax = operator.index(axis)
    if not -arr.ndim <= ax < arr.ndim:
        raise ValueError(f"axis {ax} is out of range for {arr.ndim} dimensions")
    if np.issubdtype(arr.dtype, np.integer):
        arr = arr.astype(np.float64)
    if arr.dtype not in _WORK:
        raise TypeError(f"unsupported dtype {arr.dtype}")
    if arr.shape[ax] == 0:
        raise ValueError("the axis must not be empty")
    return arr.astype(_WORK[arr.dtype]), ax % arr.ndim, arr.dtype


def log_sum_exp(x: Array, axis: int = -1) -> Array:
    work, ax, dtype = _check(x, axis)
    with np.errstate(all="ignore"):
        m = np.max(work, axis=ax, keepdims=True)
        finite = np.isfinite(m)
        shifted = work - np.where(finite, m, 0)
        out = np.where(finite, m + np.log(np.exp(shifted).sum(axis=ax, keepdims=True)), m)
    return out.squeeze(axis=ax).astype(dtype)


def log_softmax(x: Array, axis: int = -1) -> Array:
    work, ax, dtype = _check(x, axis)
    with np.errstate(all="ignore"):
        shifted = np.subtract(work, work.max(axis=ax, keepdims=True))
        shifted -= np.log(np.exp(shifted).sum(axis=ax, keepdims=True))
        return shifted.astype(dtype)
