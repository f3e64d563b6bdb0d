"""Dataclasses, protocols and annotations that are never evaluated."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Annotated, Protocol, TypeVar

import numpy as np

if TYPE_CHECKING:
    import torch

    from numpy.typing import NDArray

T = TypeVar("T", bound="Running")


class Folds(Protocol):
    def add(self: T, x: float) -> T: ...


@dataclass(frozen=True, slots=True)
class Running:
    m: float = -math.inf
    d: float = 0.0

    def add(self, x: float) -> Running:
        if x == -math.inf:
            return self
        if x > self.m:
            return Running(x, self.d * math.exp(self.m - x) + 1)
        return Running(self.m, self.d + math.exp(x - self.m))


def fold(numbers: Iterable[float]) -> Folds:
    running = Running()
    for x in numbers:
        running = running.add(x)
    return running


def online_normalizer(stream: Iterator[Annotated[float, "nats"]]) -> tuple[float, float]:
    return astuple(fold(stream))


def softmax_online(x: NDArray[np.floating] | torch.Tensor) -> NDArray[np.floating]:
    kind = x.dtype if x.dtype.kind == "f" else np.dtype(float)
    wide = x.astype(float)
    m, d = online_normalizer(iter(wide.tolist()))
    with np.errstate(all="ignore"):
        return (np.exp(wide - m) / np.float64(d)).astype(kind)
