"""What has been recorded so far, and the refusal of what cannot be.

It runs beside student code and decides nothing: what it gives is checked again where it arrives.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import torch

from autograder.triton_tasks import program
from autograder.triton_tasks.program import Choice, Fill, Launch, Program, Step, Storage, Tensor

__all__ = ["NotRecordable", "Tape", "a", "current", "refuse"]

_ANY_SIZE = 1 << 62  # how much may be allocated is for the grader to say

_tape: Tape | None = None


class NotRecordable(Exception):
    """What the host function does cannot be replayed; the text says what to do instead.

    Attributes
    ----------
    place
        File, or cell of a notebook, and line in it; None if it is not known.
    """

    def __init__(self, text: str, place: tuple[str, int] | None = None) -> None:
        super().__init__(text)
        self.place = place


def current() -> Tape | None:
    """The tape of the call that is being recorded."""
    return _tape


def refuse(text: str) -> NotRecordable:
    """An exception to raise; the recording has failed, whoever catches it."""
    return NotRecordable(text) if _tape is None else _tape.refuse(text)


def a(value: object) -> str:
    """What a value is: ``a list``, ``an int``."""
    if value is None:
        return "None"
    name = type(value).__name__
    return f"an {name}" if name[:1].lower() in "aeiou" else f"a {name}"


class Tape:
    """The record of one call.

    Parameters
    ----------
    filenames
        Of the student's code: a file, or the cells of a notebook.
    """

    def __init__(self, filenames: Collection[str]) -> None:
        self.filenames = filenames
        self.doing: str | None = None
        self._thread = threading.get_ident()
        self._storages: list[Storage] = []
        self._steps: list[Step] = []
        self._choices: list[Choice | None] | None = None
        self._refusal: NotRecordable | None = None
        self._indices: dict[int, int] = {}
        self._kept: list[torch.UntypedStorage] = []  # or another might get the same address

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Everything from here on is recorded here."""
        global _tape
        _tape = self
        try:
            yield
        except Exception:
            self._must_not_have_refused()
            raise
        finally:
            _tape = None
        self._must_not_have_refused()

    def _must_not_have_refused(self) -> None:
        if self._refusal is not None:
            raise self._refusal from None

    def refuse(self, text: str) -> NotRecordable:
        """As ``refuse`` above."""
        refusal = NotRecordable(text, self._place())
        if self._refusal is None:
            self._refusal = refusal
        return refusal

    def _place(self) -> tuple[str, int] | None:
        frame = sys._getframe()
        while frame.f_back is not None:
            frame = frame.f_back
            if frame.f_code.co_filename in self.filenames:
                return frame.f_code.co_filename, frame.f_lineno
        return None

    # -------------------------------------------------------------- tensors

    def allocate(self, tensor: torch.Tensor, argument: int | None = None) -> None:
        """A tensor has memory of its own."""
        if len(self._storages) == program.MOST_STORAGES:
            raise self.refuse(f"It allocates more than {program.MOST_STORAGES:,} tensors.")
        memory = tensor.untyped_storage()
        self._indices[memory._cdata] = len(self._storages)
        self._kept.append(memory)
        self._storages.append(Storage(memory.nbytes(), argument))

    def index(self, tensor: torch.Tensor) -> int | None:
        """Which storage a tensor lies in; None if it is no tensor of this call."""
        return self._indices.get(tensor.untyped_storage()._cdata)

    def view(self, tensor: torch.Tensor) -> Tensor:
        """A tensor as data."""
        if type(tensor) is not torch.Tensor:
            raise self.refuse(f"Only a plain torch.Tensor can be replayed, not {a(tensor)}.")
        if not tensor.is_meta:
            raise self.refuse(
                "A tensor in the host's memory cannot be replayed: "
                "allocate it on the card, with device=x.device."
            )
        storage = self.index(tensor)
        if storage is None:
            raise self.refuse(
                "A tensor that this call neither was given nor allocated cannot be replayed: "
                "allocate it inside the function, every time."
            )
        dtype = str(tensor.dtype).removeprefix("torch.")
        if dtype not in program.ITEMSIZES:
            raise self.refuse(
                f"A tensor of {dtype} cannot be replayed; of {', '.join(program.ITEMSIZES)} it can."
            )
        if tensor.dim() > program.MOST_DIMENSIONS:
            raise self.refuse(f"A tensor of more than {program.MOST_DIMENSIONS} dimensions.")
        shape, strides = tuple(tensor.shape), tuple(tensor.stride())
        return Tensor(storage, dtype, shape, strides, tensor.storage_offset())

    # -------------------------------------------------------------- steps

    def add(self, step: Step) -> None:
        """Something happened."""
        if len(self._steps) == program.MOST_STEPS:
            raise self.refuse(
                f"It launches, fills and copies more than {program.MOST_STEPS:,} times in one "
                "call: let one launch do more."
            )
        self._steps.append(step)

    def fill(self, tensor: torch.Tensor, value: Any) -> None:
        """A tensor was filled with a number."""
        if not isinstance(value, bool | int | float):
            raise self.refuse(f"Filling with {a(value)} cannot be replayed; with a number it can.")
        self.add(Fill(self.view(tensor), value))

    def must_be_of_this_thread(self) -> None:
        """Launches of other threads have no place in the order of things."""
        if threading.get_ident() != self._thread:
            raise self.refuse("A launch from another thread cannot be replayed: launch it here.")

    def launch(self, kernel: str, choice: Choice | None) -> None:
        """A kernel was launched; None for a launch of no program at all."""
        if self._choices is not None:
            self._choices.append(choice)
        elif choice is not None:
            self.add(Launch(kernel, (choice,)))

    @contextmanager
    def steps_apart(self) -> Iterator[list[Step]]:
        """Steps that happen in here are put into a list of their own."""
        apart: list[Step] = []
        steps, self._steps = self._steps, apart
        try:
            yield apart
        finally:
            self._steps = steps

    @contextmanager
    def alternatives(self, kernel: str) -> Iterator[None]:
        """Launches in here are ways to do the same."""
        if self._choices is not None:
            raise self.refuse("An autotuner within an autotuner cannot be replayed: use one.")
        self._choices = []
        try:
            yield
            choices = tuple(choice for choice in self._choices if choice is not None)
            if choices and len(choices) < len(self._choices):
                raise self.refuse(f"Some configurations of {kernel} launch no program, others do.")
        finally:
            self._choices = None
        if len(choices) > program.MOST_CHOICES:
            raise self.refuse(
                f"{kernel} has more than {program.MOST_CHOICES} configurations: prune them."
            )
        if choices:
            self.add(Launch(kernel, choices))

    def program(self, result: object) -> Program:
        """All of it, at the end."""
        if not isinstance(result, torch.Tensor):
            raise self.refuse(f"Returned {a(result)}; expected one tensor.")
        made = Program(tuple(self._storages), tuple(self._steps), self.view(result))
        arguments = [s.nbytes for s in self._storages if s.argument is not None]
        try:
            return Program.from_json(made.to_json(), arguments, _ANY_SIZE)
        except (program.NotAProgram, ArithmeticError):
            raise self.refuse(
                "A launch is given a number, a text or a shape beyond what can be replayed."
            ) from None
