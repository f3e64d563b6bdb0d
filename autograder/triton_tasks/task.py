"""What a hidden test holds of a Triton task: a function to run, and what its kernels moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from autograder.expect import Verdict
from autograder.process import Call, Clock, Work
from autograder.sandbox.servers import Servers
from autograder.student import call_text
from autograder.triton_tasks.packages import missing_packages
from autograder.triton_tasks.program import Program
from autograder.triton_tasks.workers import Compiler, Interpreter, Recorder, span

__all__ = ["Compiled", "Run", "TritonTask"]

_ALLOCATED = 1 << 30

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Compiled:
    """What one kernel takes of one card.

    Attributes
    ----------
    kernel
        Its name.
    capability
        Of the card: 90 for sm_90.
    registers
        Of each thread.
    spilled_bytes
        Of each thread: what does not fit into its registers, and goes to memory and back.
    shared_bytes
        Of shared memory, for each program.
    """

    kernel: str
    capability: int
    registers: int
    spilled_bytes: int
    shared_bytes: int


@dataclass(frozen=True)
class Run:
    """One call of the function: what came out, and what it took.

    Attributes
    ----------
    output
        What it returned.
    program
        What the host function did.
    """

    output: Array
    program: Program
    _inputs: list[Array] = field(repr=False)
    _read: list[int] = field(repr=False)
    _written: list[int] = field(repr=False)
    _compiler: Compiler = field(repr=False)

    def walks_read(self, argument: int) -> float:
        """How often the array argument of this index was read, 1.0 for each element once."""
        return self._of(self._read, argument) / self._inputs[argument].nbytes

    @property
    def walks_read_in_all(self) -> float:
        """Bytes read in all, from whatever memory, by those of the array arguments."""
        return sum(self._read) / sum(a.nbytes for a in self._inputs)

    @property
    def walks_written(self) -> float:
        """Bytes written in all, to whatever memory, by those of the output."""
        return sum(self._written) / self.output.nbytes

    @property
    def allocated_bytes(self) -> int:
        """Memory that the host function asked for, the output included."""
        return sum(s.nbytes for s in self.program.storages if s.argument is None)

    def writes_into(self, argument: int) -> bool:
        """Whether anything was written into an array argument."""
        return self._of(self._written, argument) > 0

    def _of(self, counted: list[int], argument: int) -> int:
        storages = zip(self.program.storages, counted, strict=True)
        return sum(n for storage, n in storages if storage.argument == argument)

    def compiled(self, *capabilities: int) -> list[Compiled]:
        """Its kernels as compiled for cards, none of which need be here.

        Parameters
        ----------
        capabilities
            Of the cards: 75 for a T4, 80 for an A100, 90 for an H100 or H200.

        Raises
        ------
        Failed
            When one does not compile.
        """
        arguments = [span(a) for a in self._inputs]
        made = self._compiler.compile(self.program, arguments, _ALLOCATED, capabilities)
        return [Compiled(*figures) for figures in made]


class TritonTask:
    """One Triton task of one submission, as its hidden tests see it.

    ``student.online_softmax(x)`` gives what the student's function computes of this array: the
    host function is recorded without it, and the record replayed with it. ``student.run`` and
    ``student.each`` do the same with more to tell.

    Parameters
    ----------
    work
        The task and the submission.
    servers
        Fork the workers.
    parameters
        Of ``grader.toml``.

    Attributes
    ----------
    measurements
        Figures for the result, by name; hidden tests set them.
    printed
        What kernels printed.
    """

    def __init__(self, work: Work, servers: Servers, parameters: Mapping[str, float | int]) -> None:
        self._work = work
        self._servers = servers
        self.parameters = parameters
        self.measurements: dict[str, float | int] = {}
        self.printed = ""
        self.last_call = ""

    def __getattr__(self, name: str) -> Any:
        if name != self._work.name:
            raise AttributeError(f"the function of this task is {self._work.name}, not {name}")
        return lambda *args, **kwargs: self.run(*args, **kwargs).output

    # -------------------------------------------------------------- for hidden tests

    def each(self, *calls: Call) -> list[Array]:
        """The answers to several calls, each given by its arguments and keyword arguments."""
        return [self.run(*args, **kwargs).output for args, kwargs in calls]

    def run(self, *args: Any, **kwargs: Any) -> Run:
        """One call, and what it took.

        Arrays are C-ordered; their rows may lie apart.
        """
        self._work.expect_file()
        if lacking := missing_packages():
            text = f"Not graded here: it needs {' and '.join(lacking)}."
            raise Verdict(text, status="deferred")
        self.last_call = call_text(self._work.name, [(args, kwargs)])
        program = self._recorder.record(self._work.name, args, kwargs, _ALLOCATED)
        arrays = [a for a in (*args, *kwargs.values()) if isinstance(a, np.ndarray)]
        try:
            output, read, written = self._interpreter.replay(program, arrays, _ALLOCATED)
        finally:
            self.printed, self._interpreter.printed = self._interpreter.printed, ""
        return Run(output, program, arrays, read, written, self._compiler)

    def measure(self, **figures: float | int) -> None:
        """Put figures into the result."""
        self.measurements |= figures

    def needs_card(self, what: str) -> None:
        """Leave this test for a machine with a card."""
        raise Verdict(f"Not graded yet: {what} is judged on a GPU.", status="deferred")

    # -------------------------------------------------------------- for the plugin

    @property
    def clock(self) -> Clock:
        """The time of this task."""
        return self._work.clock

    @property
    def notes(self) -> list[str]:
        """What was passed over in a notebook, in words."""
        return self._recorder.notes if "_recorder" in vars(self) else []

    def begin_test(self) -> None:
        """Give the next test its full time."""
        self._work.clock.restart()
        self.last_call, self.printed = "", ""

    def end_test(self) -> None:
        """Nothing is of one test alone."""

    def close(self) -> None:
        for name in ("_recorder", "_interpreter", "_compiler"):
            if worker := vars(self).get(name):
                worker.close()

    # -------------------------------------------------------------- workers, when first needed

    @cached_property
    def _recorder(self) -> Recorder:
        return Recorder(self._work, self._servers)

    @cached_property
    def _interpreter(self) -> Interpreter:
        return Interpreter(self._work, self._servers, "interpret")

    @cached_property
    def _compiler(self) -> Compiler:
        return Compiler(self._work, self._servers, "compile")
