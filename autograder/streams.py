"""One-shot streams: arguments that stay with the grader and reach the worker piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

import numpy as np

__all__ = ["Stream"]

_NUMBERS = 8192
_BLOCK_BYTES = 1 << 17
_KEPT_BYTES = 8 << 20

Array = np.ndarray[Any, Any]
Block = tuple[Array, ...]


class Stream:
    """An argument that the student's function can walk over once.

    The worker gets an iterator that fetches some items at a time, so that a stream may be
    larger than the worker's memory. It has no length, no index and no way back.

    Attributes
    ----------
    count
        How many items were handed out.
    """

    def __init__(self, chunks: Iterator[Array | list[Block]]) -> None:
        self._chunks = chunks
        self._next = next(chunks, None)
        self._ended = False
        self._kept: list[Any] | None = None
        self._room = _KEPT_BYTES
        self.count = 0

    @classmethod
    def of_numbers(cls, numbers: Iterable[float]) -> Stream:
        """A stream of Python floats."""
        return cls(_chunks(numbers))

    @classmethod
    def of_blocks(cls, blocks: Iterable[Block]) -> Stream:
        """A stream of tuples of arrays."""
        return cls(_batches(blocks))

    def next_chunk(self) -> tuple[Array | list[Block], bool]:
        """The next items, none at the end, and whether they are the last.

        Raises
        ------
        LookupError
            After the last: a worker knows that there is no more.
        """
        if self._ended:
            raise LookupError("the stream has ended")
        chunk = self._next
        if chunk is None:
            self._ended = True
            return [], True
        self._note(chunk)
        self._next = next(self._chunks, None)
        self.count += len(chunk)
        self._ended = self._next is None
        return chunk, self._ended

    # -------------------------------------------------------------- to be asked again

    def keep(self) -> None:
        """Remember from here on what is handed out, as far as there is room for it."""
        self._kept = []

    def kept(self) -> list[Any] | None:
        """All that was handed out, and what is still to come; None where that is too much."""
        ahead: list[Any] = []
        while self._next is not None and self._kept is not None:
            self._note(self._next)
            ahead.append(self._next)
            self._next = next(self._chunks, None)
        if ahead:
            rest = self._chunks if self._next is None else chain([self._next], self._chunks)
            self._chunks = chain(ahead[1:], rest)
            self._next = ahead[0]
        kept, self._kept = self._kept, None
        return kept

    def _note(self, chunk: Array | list[Block]) -> None:
        if self._kept is None:
            return
        if isinstance(chunk, list):
            # Whoever makes the blocks may make the next one in the memory of this one.
            chunk = [tuple(array.copy() for array in block) for block in chunk]
            self._room -= sum(array.nbytes for block in chunk for array in block)
        else:
            self._room -= chunk.nbytes
        self._kept.append(chunk)
        if self._room < 0:
            self._kept = None


def _chunks(numbers: Iterable[float]) -> Iterator[Array]:
    if isinstance(numbers, np.ndarray):
        for start in range(0, len(numbers), _NUMBERS):
            yield numbers[start : start + _NUMBERS].astype(np.float64)
        return
    rest = iter(numbers)
    while len(chunk := np.fromiter(islice(rest, _NUMBERS), np.float64)):
        yield chunk


def _batches(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks in batches, because a message costs as much as many small blocks."""
    batch: list[Block] = []
    size = 0
    for block in blocks:
        batch.append(block)
        size += sum(array.nbytes for array in block)
        if size >= _BLOCK_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
