"""Arrays of a gigabyte that are sent as a few megabytes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

__all__ = ["Tiled"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Tiled:
    """A C-ordered array whose elements repeat after so many.

    Element ``i``, counted through the whole array, is ``values[(i + shift) % values.size]``. A
    size of ``values`` that is no multiple of the rows' length makes every row different.

    Attributes
    ----------
    values
        One-dimensional.
    shape
        Of the whole.
    shift
        Where in ``values`` it begins.
    """

    values: Array
    shape: tuple[int, ...]
    shift: int = 0

    @property
    def dtype(self) -> np.dtype[Any]:
        dtype: np.dtype[Any] = self.values.dtype
        return dtype

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        return self.size * self.values.itemsize

    @property
    def stand_in(self) -> Array:
        """An array of its type, shape and strides, whose elements are not to be touched."""
        itemsize, ends = self.values.itemsize, self.shape[1:]
        strides = [itemsize * math.prod(ends[axis:]) for axis in range(len(self.shape))]
        return as_strided(np.empty(1, self.dtype), self.shape, strides, writeable=False)

    def shifted(self, number: int) -> Tiled:
        """Another of its kind: the one that repetitions of this number are given."""
        step = self.values.size // 7 | 1
        return Tiled(self.values, self.shape, (self.shift + number * step) % self.values.size)

    def rows(self, indices: Sequence[int]) -> Array:
        """Some rows along the last axis, which are counted through all others: ``(n, length)``."""
        length = self.shape[-1]
        first = np.asarray(indices, np.int64)[:, None] * length
        rows: Array = self.values[(first + np.arange(length) + self.shift) % self.values.size]
        return rows
