"""A Protocol for comm, type hints and checks; a row of nothing but -inf is NaN on every rank."""
from __future__ import annotations

import math
from typing import Protocol

import numpy as np


class Comm(Protocol):
    rank: int
    size: int

    def all_reduce(self, value: float, op: str) -> float: ...


def softmax_sharded(x_local: np.ndarray, comm: Comm) -> np.ndarray:
    if x_local.ndim != 1:
        raise ValueError("x_local must have one dimension")
    if not (np.issubdtype(x_local.dtype, np.floating) or np.issubdtype(x_local.dtype, np.integer)):
        raise TypeError(f"cannot take the softmax of {x_local.dtype}")
    dtype = x_local.dtype if np.issubdtype(x_local.dtype, np.floating) else np.dtype(np.float64)
    work = np.float32 if dtype == np.float16 else dtype

    x = x_local.astype(work)
    m_local = float(x.max()) if x.size else -math.inf
    m = float(comm.all_reduce(m_local, "max")) if comm.size > 1 else m_local
    e = np.exp(x - x.dtype.type(m)) if math.isfinite(m) else np.full_like(x, np.nan)
    s_local = float(e.sum(dtype=np.float64))
    s = float(comm.all_reduce(s_local, "sum")) if comm.size > 1 else s_local
    with np.errstate(all="ignore"):
        return np.divide(e, x.dtype.type(s)).astype(dtype)
