"""Records a host function: called on tensors without data, it leaves a program behind."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from autograder.triton_tasks import card, launches, tensors
from autograder.triton_tasks.card import MODEL, Card
from autograder.triton_tasks.program import Program
from autograder.triton_tasks.tape import NotRecordable, Tape

__all__ = ["NotRecordable", "TensorSpec", "install", "record"]


@dataclass(frozen=True)
class TensorSpec:
    """A tensor argument. Its memory is what it spans; strides are in elements."""

    dtype: str
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def install(model: Card = MODEL) -> None:
    """Make this process one that records; once, and before student code is imported.

    Parameters
    ----------
    model
        The card that host functions are to believe in.
    """
    if os.environ.get("TRITON_INTERPRET", "0") not in ("", "0"):
        raise RuntimeError("Kernels of the interpreter cannot be recorded: unset TRITON_INTERPRET.")
    card.present(model)
    tensors.pretend()
    launches.intercept(model)


def record(
    function: Callable[..., Any],
    arguments: Sequence[Any],
    keywords: Mapping[str, Any],
    filenames: Collection[str],
) -> Program:
    """Call a host function and tell what it did.

    Parameters
    ----------
    function
        Of the student's.
    arguments, keywords
        What it is called with. For each ``TensorSpec`` it gets a tensor; the first is the
        program's argument 0, and keywords follow.
    filenames
        Of the student's code, a file or a notebook's cells; kernels must be of it.

    Raises
    ------
    NotRecordable
        Whatever the function made of it.
    Exception
        Of the function's own.
    """
    tape = Tape(filenames)
    made = 0

    def given(value: Any) -> Any:
        nonlocal made
        if not isinstance(value, TensorSpec):
            return value
        dtype = getattr(torch, value.dtype)
        tensor = torch.empty_strided(value.shape, value.strides, dtype=dtype, device="meta")
        tape.allocate(tensor, made)
        made += 1
        return tensor

    positional = [given(value) for value in arguments]
    named = {name: given(value) for name, value in keywords.items()}
    with tape.recording(), tensors.Watch(tape):
        return tape.program(function(*positional, **named))
