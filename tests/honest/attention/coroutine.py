"""A coroutine takes the blocks by send() and gives the running answer back."""
from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Optional

import numpy as np

Block = tuple[np.ndarray, np.ndarray]


def _attend(q: np.ndarray) -> Generator[Optional[np.ndarray], Block, None]:
    m = np.full((q.shape[0], 1), -np.inf)
    num, den, answer = 0.0, 0.0, None
    while True:
        k, v = yield answer
        s = q @ np.asarray(k, dtype=np.float64).T
        new = np.max(np.concatenate([m, s], axis=1), axis=1, keepdims=True)
        ref = np.where(new == -np.inf, 0.0, new)
        back = np.exp(m - ref)
        e = np.exp(s - ref)
        num = num * back + e @ np.asarray(v, dtype=np.float64)
        den = den * back + e.sum(axis=1, keepdims=True)
        m = new
        with np.errstate(all="ignore"):
            answer = num / den


def attention_online(q: np.ndarray, kv_blocks: Iterator[Block], scale: Optional[float] = None) -> np.ndarray:
    if q.ndim != 2:
        raise ValueError("q must be (Tq, D)")
    factor = 1.0 / np.sqrt(q.shape[1]) if scale is None else float(scale)
    co = _attend(q.astype(np.float64) * factor)
    next(co)
    answer = None
    for block in kv_blocks:
        answer = co.send(block)
    co.close()
    if answer is None:
        raise ValueError("kv_blocks was empty")
    return answer.astype(q.dtype)
