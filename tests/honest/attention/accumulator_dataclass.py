"""A dataclass holds the running state, with update and result."""
from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass
class Running:
    q: np.ndarray
    m: np.ndarray = field(init=False)
    d: np.ndarray = field(init=False)
    o: np.ndarray | None = field(init=False, default=None)

    def __post_init__(self):
        n = self.q.shape[0]
        self.m = np.full((n, 1), -np.inf)
        self.d = np.zeros((n, 1))

    def update(self, k, v):
        s = self.q @ k.T
        if self.o is None:
            self.o = np.zeros((self.q.shape[0], v.shape[1]))
        if s.shape[1] == 0:
            return
        m = np.maximum(self.m, s.max(1, keepdims=True))
        shrink = np.exp(self.m - m)
        np.subtract(s, m, out=s)
        np.exp(s, out=s)
        self.d = self.d * shrink + s.sum(1, keepdims=True)
        self.o = self.o * shrink + s @ v
        self.m = m

    def result(self, dtype):
        return (self.o / self.d).astype(dtype)


def attention_online(q, kv_blocks, scale=None):
    factor = 1 / np.sqrt(q.shape[1]) if scale is None else float(scale)
    state = Running(q.astype(np.float64) * factor)
    for k, v in kv_blocks:
        state.update(k.astype(np.float64), v.astype(np.float64))
    return state.result(q.dtype)
