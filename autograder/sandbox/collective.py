"""What the ranks of one exercise share: the communicator's interface, and how values combine.

Ranks hold nothing in common but ``all_reduce``. They meet in the grader, one rank a worker
process, or, for students, in ``autograder.practice``; what a call may send and what it
gives is decided here for both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

__all__ = ["LARGEST", "OPS", "Communicator", "Mismatch", "combine", "numbers_in"]

OPS = ("max", "sum")
LARGEST = 1 << 16
"""Bytes of an array that can be reduced."""

_COMBINE = {"max": np.maximum.reduce, "sum": np.add.reduce}


class Mismatch(Exception):
    """Ranks that meet with things that do not go together, as a sentence."""


class Communicator:
    """What a function on one of several ranks can know of the others.

    Parameters
    ----------
    rank, size
        Which rank this is, from 0, and how many there are.
    meet
        Hands over an operation and a value, waits for all other ranks, and returns what
        came of it.
    """

    def __init__(self, rank: int, size: int, meet: Callable[[str, Any], Any]) -> None:
        self.rank = rank
        self.size = size
        self._meet = meet

    def all_reduce(self, value: Any, op: str) -> Any:
        """Combine the values of all ranks; each of them gets the result.

        Every rank has to make the same calls in the same order. A call waits until all
        have made it.

        Parameters
        ----------
        value : float or array
            A number, or an array of the same shape and dtype on every rank.
        op : "max" or "sum"
            Elementwise, for arrays.

        Returns
        -------
        float or array
            A Python float for a number, else an array of the shape and dtype of ``value``.

        Raises
        ------
        TypeError, ValueError
            When ``value`` is neither, or larger than 64 kB, or ``op`` another.
        """
        if op not in OPS:
            raise ValueError(f"op is {op!r}; it must be 'max' or 'sum'")
        if isinstance(value, np.ndarray) and value.ndim:
            if value.dtype.kind not in "fiub":
                raise TypeError(f"an array of {value.dtype} cannot be reduced")
            if max(value.nbytes, *value.shape) > LARGEST or value.ndim > 16:
                raise ValueError(
                    "the array is too large to be reduced: all_reduce is for a few numbers"
                )
            return self._meet(op, np.array(value))
        if not isinstance(value, int | float | np.number | np.bool_ | np.ndarray):
            raise TypeError(f"a {type(value).__name__} cannot be reduced; a number or an array can")
        return self._meet(op, float(value))


def combine(contributions: Sequence[tuple[str, Any]]) -> Any:
    """What comes of one ``all_reduce``: of each rank's operation and value, in their order.

    Values are Python floats or arrays.

    Raises
    ------
    Mismatch
        When they do not go together.
    """
    op, first = contributions[0]
    for rank, (other_op, value) in enumerate(contributions):
        if other_op != op:
            raise Mismatch(f"rank 0 asked for {op!r} where rank {rank} asked for {other_op!r}")
        if isinstance(value, float) != isinstance(first, float):
            raise Mismatch(f"rank 0 sent {_name(first)} where rank {rank} sent {_name(value)}")
        # Neither shape is told: a student could make it of hidden inputs.
        if not isinstance(value, float) and _kind(value) != _kind(first):
            raise Mismatch(f"the arrays of rank 0 and rank {rank} differ in shape or type")
    values = [value for _, value in contributions]
    with np.errstate(all="ignore"):  # inf - inf is NaN, and it is no news to the grader
        if isinstance(first, float):
            return float(_COMBINE[op](np.array(values)))
        return _COMBINE[op](np.stack(values), axis=0, dtype=first.dtype)


def numbers_in(value: Any) -> int:
    """How many numbers a rank sent."""
    return value.size if isinstance(value, np.ndarray) else 1


def _kind(value: Any) -> tuple[Any, ...]:
    return value.shape, value.dtype


def _name(value: Any) -> str:
    return "a number" if isinstance(value, float) else "an array"
