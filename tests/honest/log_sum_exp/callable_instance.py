"""The public functions are instances of a frozen dataclass with __call__."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class _Reduction:
    normalise: bool
    inner: type = np.float64

    def __call__(self, x: np.ndarray, axis: int = -1) -> np.ndarray:
        outer = x.dtype if np.issubdtype(x.dtype, np.inexact) else np.dtype(float)
        n = x.shape[axis]
        if n == 0 and not self.normalise:
            raise ValueError("reduction over an empty axis")
        y = x.astype(self.inner)
        peak = y.max(axis=axis, keepdims=True)
        peak = np.where(np.isfinite(peak), peak, self.inner(0))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            log_z = np.log(np.exp(y - peak).sum(axis=axis, keepdims=True))
            if self.normalise:
                return (y - peak - log_z).astype(outer)
            return np.squeeze(log_z + peak, axis=axis).astype(outer)


log_sum_exp = _Reduction(normalise=False)
log_softmax = _Reduction(normalise=True)
