"""A monoid: a frozen dataclass with __add__ and a zero, so that sum() folds the pieces."""
from __future__ import annotations

import math
from dataclasses import astuple, dataclass

import numpy as np


@dataclass(frozen=True)
class SoftmaxState:
    m: float = -math.inf
    d: float = 0.0

    @classmethod
    def of(cls, piece: np.ndarray) -> "SoftmaxState":
        if piece.size == 0:
            return cls()
        m = float(piece.max())
        if m == -math.inf:
            return cls()
        return cls(m, float(np.sum(np.exp(piece - m))))

    def rescaled(self, m: float) -> float:
        return 0.0 if self.m == -math.inf else self.d * math.exp(self.m - m)

    def __add__(self, other: "SoftmaxState") -> "SoftmaxState":
        m = max(self.m, other.m)
        return SoftmaxState(m, self.rescaled(m) + other.rescaled(m))


def merge(a, b):
    return astuple(SoftmaxState(*a) + SoftmaxState(*b))


def softmax_chunked(x: np.ndarray, n_chunks: int) -> np.ndarray:
    y = x.astype(np.float64)
    total = sum((SoftmaxState.of(p) for p in np.array_split(y, n_chunks)), SoftmaxState())
    with np.errstate(divide="ignore", invalid="ignore"):
        out = np.exp(y - total.m) / np.float64(total.d)
    return out.astype(np.result_type(x.dtype, np.float16) if x.dtype.kind == "f" else np.float64)
