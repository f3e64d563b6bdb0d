"""What was asked of an exercise, and what came of it: kept so that it can be asked again.

A test may change its arrays after a call, and a stream is gone once it has been walked over.
So a record holds copies, laid out in memory as the originals were. They are made for every
submission, because nobody knows beforehand which one will lose points; copying is a small part
of what sending the same numbers to a worker costs.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograder.expect import Raised, Verdict, is_floating
from autograder.process import Call
from autograder.result import Status
from autograder.streams import Stream

__all__ = ["Answered", "Asked", "Record", "Refusal", "Stage", "kept", "size_of"]

Array = np.ndarray[Any, Any]

_RECORD_BYTES = 64 << 20


@dataclass(frozen=True)
class Refusal:
    """What came in the place of an answer.

    Attributes
    ----------
    status
        As in ``expect.Verdict``.
    text
        What was told of it.
    bases
        Of an exception: names of the built-in ones that it is an instance of.
    """

    status: Status
    text: str
    bases: frozenset[str] = frozenset()

    @classmethod
    def of(cls, verdict: Verdict) -> Refusal:
        bases = verdict.bases if isinstance(verdict, Raised) else frozenset()
        return cls(verdict.status, verdict.feedback, bases)


@dataclass(frozen=True)
class _KeptStream:
    """What a stream gave, and would have given."""

    pieces: list[Any]

    def again(self) -> Stream:
        return Stream(iter(self.pieces))


@dataclass(frozen=True)
class Asked:
    """One question of a hidden test: a function called once, or several times in a row.

    Attributes
    ----------
    function
        Its name.
    how
        The method that asked.
    calls
        Positional and keyword arguments of each.
    memory_bytes
        What the worker had to spare, if the test said so.
    """

    function: str
    how: str
    calls: Sequence[Call]
    memory_bytes: int | None = None

    @cached_property
    def key(self) -> bytes:
        """The same for the same question only."""
        parts: list[Any] = []
        _tell((self.function, self.how, self.memory_bytes), parts)
        for args, kwargs in self.calls:
            _tell((tuple(args), tuple(sorted(kwargs.items()))), parts)
        return hashlib.blake2b(b"".join(parts), digest_size=16).digest()

    @cached_property
    def nbytes(self) -> int:
        """Of its arrays."""
        given = [value for args, kwargs in self.calls for value in (*args, *kwargs.values())]
        return sum(array.nbytes for value in given for array in _arrays(value))

    def arguments(self) -> list[Call]:
        """To be given once: what was a stream is one again."""
        return [
            ([_again(a) for a in args], {k: _again(v) for k, v in kwargs.items()})
            for args, kwargs in self.calls
        ]

    def widened(self, wide: np.dtype[Any]) -> Asked | None:
        """The same question in a wider floating type; None if nothing in it is narrower."""
        calls = [
            ([_widened(a, wide) for a in args], {k: _widened(v, wide) for k, v in kwargs.items()})
            for args, kwargs in self.calls
        ]
        changed = Asked(self.function, self.how, calls, self.memory_bytes)
        return changed if changed.key != self.key else None

    @cached_property
    def scales(self) -> list[tuple[np.dtype[Any], float]]:
        """Of each call: the floating type that answers are to have, and how large its inputs are.

        Arrays multiply with one another, as those of a product do; see ``expect.Tolerance``.
        """
        return [_scale([*args, *kwargs.values()]) for args, kwargs in self.calls]


def _scale(arguments: Sequence[Any]) -> tuple[np.dtype[Any], float]:
    found = [(a, number == 0) for number, arg in enumerate(arguments) for a in _arrays(arg)]
    floats = [a for a, first in found if is_floating(a.dtype) or first]
    dtype = next((a.dtype for a in floats if is_floating(a.dtype)), np.dtype(np.float64))
    numbers = [abs(n) for arg in arguments for n in _numbers(arg) if math.isfinite(n)]
    size = max(1.0, *numbers) if numbers else 1.0
    for arg in arguments:
        largest = [_largest(a) for a in _arrays(arg) if is_floating(a.dtype) or arg is arguments[0]]
        size *= max(1.0, *largest) if largest else 1.0
    return dtype, size


def _largest(array: Array) -> float:
    values = np.abs(array.astype(np.float64))
    return float(values.max(where=np.isfinite(values), initial=0.0))


def _arrays(value: Any) -> Iterator[Array]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, _KeptStream):
        yield from _arrays(value.pieces)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _arrays(item)


def _numbers(value: Any) -> Iterator[float]:
    if type(value) is float:
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item)


@dataclass(frozen=True)
class Answered:
    """A question, and what each of its calls returned, or why there was no answer."""

    asked: Asked
    outcome: list[Any] | Refusal


@dataclass
class Stage:
    """What one hidden test asked.

    Attributes
    ----------
    answers
        In order.
    whole
        Whether that is all that the test went by.
    """

    answers: list[Answered] = field(default_factory=list)
    whole: bool = True


@dataclass
class Record:
    """What the hidden tests of an exercise asked of a submission, as far as there is room for it.

    Attributes
    ----------
    stages
        By test.
    """

    stages: dict[str, Stage] = field(default_factory=dict)
    _stage: Stage = field(default_factory=Stage)
    _room: int = _RECORD_BYTES

    def begin(self, test: str) -> None:
        """What follows is asked by this test."""
        self._stage = self.stages[test] = Stage()

    def leave_out(self) -> None:
        """The test goes by something that is not in this record."""
        self._stage.whole = False

    @contextmanager
    def asking(
        self, function: str, how: str, calls: Sequence[Call], memory_bytes: int | None = None
    ) -> Iterator[list[Any]]:
        """Keep a question and its outcome; what is yielded takes the answers."""
        begun = self._begin(calls)
        stage = self._stage
        answers: list[Any] = []
        outcome: list[Any] | Refusal = answers
        try:
            yield answers
        except Verdict as verdict:
            outcome = Refusal.of(verdict)
            raise
        finally:
            self._end(stage, Asked(function, how, begun, memory_bytes), outcome)

    def _begin(self, calls: Sequence[Call]) -> list[Call]:
        return [
            ([_copy(a) for a in args], {k: _copy(v) for k, v in kwargs.items()})
            for args, kwargs in calls
        ]

    def _end(self, stage: Stage, asked: Asked, outcome: list[Any] | Refusal) -> None:
        try:
            calls = [
                ([_walked(a) for a in args], {k: _walked(v) for k, v in kwargs.items()})
                for args, kwargs in asked.calls
            ]
            asked = replace(asked, calls=calls)
            size = asked.nbytes + size_of(outcome)
            if size > self._room:
                raise OverflowError
            self._room -= size
        except OverflowError:
            stage.whole = False
        else:
            stage.answers.append(Answered(asked, outcome))


def size_of(outcome: Any) -> int:
    """Bytes of the arrays in it."""
    return sum(array.nbytes for array in _arrays(outcome))


# ------------------------------------------------------------------ arguments


def kept(before: Sequence[Any], after: Sequence[Any]) -> list[bool]:
    """Which arrays are what they were; what else they may be now does not matter."""
    return [
        not isinstance(a, np.ndarray)
        or (
            (type(b) is np.ndarray and (a.dtype, a.shape) == (b.dtype, b.shape))
            and a.tobytes() == b.tobytes()
        )
        for a, b in zip(before, after, strict=True)
    ]


def _copy(value: Any) -> Any:
    """A value that nobody else changes; streams are left to be walked over."""
    if isinstance(value, np.ndarray):
        return _copied(value, value.dtype)
    if isinstance(value, Stream):
        value.keep()
        return value
    if isinstance(value, list | tuple):
        return type(value)(map(_copy, value))
    return value


def _walked(value: Any) -> Any:
    """The same once the call is over; ``OverflowError`` where a stream is too long to keep."""
    if not isinstance(value, Stream):
        return value
    pieces = value.kept()
    if pieces is None:
        raise OverflowError
    return _KeptStream(pieces)


def _again(value: Any) -> Any:
    return value.again() if isinstance(value, _KeptStream) else value


def _widened(value: Any, wide: np.dtype[Any]) -> Any:
    if isinstance(value, np.ndarray):
        narrower = is_floating(value.dtype) and value.dtype.itemsize < wide.itemsize
        return _copied(value, wide) if narrower else value
    if isinstance(value, _KeptStream):
        return _KeptStream(_widened(value.pieces, wide))
    if isinstance(value, list | tuple):
        return type(value)(_widened(item, wide) for item in value)
    return value


def _copied(value: Array, dtype: np.dtype[Any]) -> Array:
    """A copy of this type, laid out in the same way."""
    if value.flags.c_contiguous:
        made = value.astype(dtype)
    else:
        strides = [s // value.itemsize * dtype.itemsize for s in value.strides]
        steps = [(n - 1) * s for n, s in zip(value.shape, strides, strict=True)]
        before = -sum(s for s in steps if s < 0)
        memory = np.zeros(before + sum(s for s in steps if s > 0) + dtype.itemsize, np.uint8)
        made = np.ndarray(value.shape, dtype, memory.data, before, strides)
        made[...] = value
    made.flags.writeable = value.flags.writeable
    return made


def _tell(value: Any, parts: list[Any]) -> None:
    """Put a value into bytes so that no two different ones give the same."""
    if isinstance(value, np.ndarray):
        about = value.dtype.str, value.shape, value.strides, value.flags.writeable
        parts += [repr(about).encode(), np.ascontiguousarray(value).reshape(-1).view(np.uint8).data]
    elif isinstance(value, _KeptStream):
        _tell(("stream", value.pieces), parts)
    elif isinstance(value, list | tuple):
        parts.append(f"{type(value).__name__} of {len(value)}:".encode())
        for item in value:
            _tell(item, parts)
    else:
        parts.append(f"{value!r};".encode())
