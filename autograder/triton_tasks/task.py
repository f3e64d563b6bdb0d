"""What a hidden test holds of a Triton task: a function to run, and what its kernels moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from autograder.calls import Asked, Record, Refusal
from autograder.expect import Failed, Verdict
from autograder.process import Call, Clock, Work
from autograder.sandbox.servers import Servers
from autograder.student import call_text
from autograder.triton_tasks.cards import Card
from autograder.triton_tasks.facts import Facts
from autograder.triton_tasks.packages import missing_packages
from autograder.triton_tasks.program import Program
from autograder.triton_tasks.session import CardSession, Timed
from autograder.triton_tasks.speed import Speed, Threshold
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
    parameters, thresholds
        Of ``grader.toml``.
    cards
        Of this machine.
    baselines
        Trusted Python with which its speed is compared.

    Attributes
    ----------
    measurements
        Figures for the result, by name; hidden tests set them.
    record
        What the tests asked, and what came of it.
    printed
        What kernels printed.
    """

    def __init__(
        self,
        work: Work,
        servers: Servers,
        parameters: Mapping[str, float | int],
        thresholds: Mapping[str, Threshold],
        cards: Sequence[Card],
        baselines: Path,
    ) -> None:
        self._work = work
        self._servers = servers
        self._thresholds = thresholds
        self._cards = cards
        self._baselines = baselines
        self.parameters = parameters
        self.measurements: dict[str, Any] = {}
        self.record = Record()
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
        with self.record.asking(self._work.name, "run", [(args, kwargs)]) as answers:
            program = self._recorder.record(self._work.name, args, kwargs, _ALLOCATED)
            arrays = [a for a in (*args, *kwargs.values()) if isinstance(a, np.ndarray)]
            try:
                output, read, written = self._interpreter.replay(program, arrays, _ALLOCATED)
            finally:
                self.printed, self._interpreter.printed = self._interpreter.printed, ""
            answers.append(output)
        return Run(output, program, arrays, read, written, self._compiler)

    def measure(self, **figures: float | int) -> None:
        """Put figures into the result."""
        self.measurements |= figures

    @property
    def bfloat16(self) -> np.dtype[Any]:
        """The type, of which NumPy has none of its own."""
        import ml_dtypes  # of the extra for GPU tasks

        dtype: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
        return dtype

    # -------------------------------------------------------------- on a card

    def needs_card(self, what: str, capability: int = 0) -> Facts:
        """Go on if there is a card; else leave this test for a machine that has one.

        Parameters
        ----------
        what
            That is judged there, in words.
        capability
            That it takes: 80 for an A100 or newer.
        """
        self._work.expect_file()
        if lacking := missing_packages():
            text = f"Not graded here: it needs {' and '.join(lacking)}."
            raise Verdict(text, status="deferred")
        if not any(card.capability >= capability for card in self._newest):
            newer = f" of capability {capability / 10:.1f} or newer" if self._cards else ""
            raise Verdict(f"Not graded yet: {what} is judged on a GPU{newer}.", status="deferred")
        self.record.leave_out()  # what a card gives is not asked again
        return self._session.facts

    def on_card(self, *args: Any, **kwargs: Any) -> Array:
        """The answer to one call, computed on the card."""
        self.last_call = call_text(self._work.name, [(args, kwargs)])
        return self._session.compute(args, kwargs)

    def time(self, *args: Any, rows: Sequence[int], nbytes: int, **kwargs: Any) -> Timed:
        """How fast a call is on the card.

        Parameters
        ----------
        args, kwargs
            Of the function; arrays are ``Tiled``, and among ``args``.
        rows
            Of the output, along its last axis and counted through all others, that come back.
        nbytes
            That a call cannot do without: inputs read once, outputs written once.

        Raises
        ------
        Verdict
            ``deferred`` when the card is not quiet.
        Failed
            When the figure is more than the card can do.
        """
        return self._session.time(args, kwargs, rows, nbytes)

    def fastest_baseline(self, *args: Any, nbytes: int, **kwargs: Any) -> tuple[Speed, str]:
        """The fastest of the functions in ``reference/gpu/baselines/NAME.py``, and its name."""
        return self._session.fastest_baseline(args, kwargs, nbytes)

    def earn(
        self,
        name: str,
        timed: Timed,
        *,
        fraction: float,
        of: str,
        about: str,
        flops: int,
        why: str = "",
        **figures: float,
    ) -> None:
        """Give this test the share of its points that a fraction earns.

        Parameters
        ----------
        name
            Of ``[gpu_task.NAME.speed]`` in ``grader.toml``.
        timed
            What was measured; it stands in the result's measurements.
        fraction
            Of the bound.
        of
            The bound: ``copy``, or a baseline in words.
        about
            What was timed, in words.
        flops
            Operations of one call.
        why
            What explains the figure, in words.
        figures
            More for the result, such as ``walks_read``.

        Raises
        ------
        Failed
            With that share, when it is not all.
        """
        threshold, speed, session = self._thresholds[name], timed.speed, self._session
        tflops, gbps = speed.tflops(flops), speed.gbps(timed.nbytes)
        matmul = session.matmul_tflops
        self.measurements["card"] = {
            "name": session.card.name,
            "copy_gbps": round(speed.copy_gbps, 1),
            "matmul_tflops": matmul and round(matmul, 1),
        }
        self.measurements.setdefault("speed", []).append(
            {
                "name": name,
                "about": about,
                "milliseconds": speed.milliseconds,
                "spread": speed.spread,
                "bytes": timed.nbytes,
                "flops": flops,
                "gbps": gbps,
                "tflops": tflops,
                "fraction": fraction,
                "of": of,
                "first": threshold.first,
                "full": threshold.full,
                **figures,
                **timed.compiled,
            }
        )
        if (share := threshold.share(fraction)) < 1:
            because = f" {why}." if why else ""
            is_copy = of == "copy"
            rate = f"{gbps:,.0f} GB/s" if is_copy else f"{tflops:,.1f} TFLOP/s"
            if matmul and not is_copy:
                rate += f" ({tflops / matmul:.2f} of the card's own matrix product)"
            bound = "what this card's own copy moves" if is_copy else of
            raise Failed(
                f"{rate} is {fraction:.2f} of {bound}, for {about}; points begin above "
                f"{threshold.first:.2f}, and from {threshold.full:.2f} on all are given.{because}",
                share=share,
            )

    # -------------------------------------------------------------- for the plugin

    @property
    def clock(self) -> Clock:
        """The time of this task."""
        return self._work.clock

    @property
    def notes(self) -> list[str] | None:
        """What was passed over in a notebook, in words."""
        return self._recorder.notes if "_recorder" in vars(self) else None

    @property
    def nickname(self) -> str | None:
        """By which the student wants to stand in the class's ranking, if at all.

        Known once anything has been vetted.
        """
        workers = (vars(self).get(name) for name in ("_interpreter", "_compiler"))
        return next((w.nickname for w in workers if w and w.nickname), None)

    def begin_test(self, test: str = "") -> None:
        """Give the next test its full time."""
        self._work.clock.restart()
        self.record.begin(test)
        self.last_call, self.printed = "", ""

    def end_test(self) -> None:
        """Nothing is of one test alone."""

    def again(self, asked: Asked) -> list[Any] | Refusal:
        """What comes of a question that was asked before, of this submission or of another."""
        ((args, kwargs),) = asked.arguments()
        try:
            return [self.run(*args, **kwargs).output]
        except Verdict as verdict:
            return Refusal.of(verdict)

    def close(self) -> None:
        for name in ("_session", "_recorder", "_interpreter", "_compiler"):
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

    @property
    def _newest(self) -> list[Card]:
        """Where cards differ, only the newest kind is judged on: all tests on the same one."""
        best = max((card.capability for card in self._cards), default=0)
        return [card for card in self._cards if card.capability == best]

    @cached_property
    def _session(self) -> CardSession:
        parts = (self._compiler, self._newest, self._baselines)
        return CardSession(self._work, self._servers, *parts)
