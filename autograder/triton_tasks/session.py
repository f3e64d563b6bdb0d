"""One task of one submission on one card: what it computes there, and how fast.

The card is held from the first question to the end of the exercise, so that all that is compared
was measured in one go and nobody else's kernel ran meanwhile.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from autograder.expect import Failed, Verdict
from autograder.process import Work
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.baseline import Baselines, NotMeasured
from autograder.triton_tasks.cards import Card, reserve
from autograder.triton_tasks.occupancy import occupancy
from autograder.triton_tasks.program import Program
from autograder.triton_tasks.samples import Samples
from autograder.triton_tasks.speed import Impossible, Speed, Unsteady, judge
from autograder.triton_tasks.tiled import Tiled
from autograder.triton_tasks.workers import Built, Compiler, OnCard, Recorder, span

__all__ = ["CardSession", "Timed"]

T = TypeVar("T")
Array = np.ndarray[Any, Any]

_ATTEMPTS = 3
_ALLOCATED = 3  # times the inputs: what a host function may ask for, at least a gigabyte


@dataclass(frozen=True)
class Timed:
    """A call that was timed.

    Attributes
    ----------
    speed
        How fast it was.
    nbytes
        That it cannot do without.
    answers
        For each set of inputs that repetitions were given in turn: the inputs, and the rows of
        what came out that were asked for.
    compiled
        What its kernels take: ``registers``, ``spilled_bytes``, ``shared_bytes``, ``occupancy``,
        each of the kernel that takes most (of the occupancy: least).
    """

    speed: Speed
    nbytes: int
    answers: list[tuple[tuple[Tiled, ...], Array]]
    compiled: Mapping[str, float]

    @property
    def fraction(self) -> float:
        """Of the copy bandwidth of the card."""
        return self.speed.fraction(self.nbytes)


class CardSession:
    """Use it, then close it.

    Parameters
    ----------
    work
        The task and the submission.
    servers
        Fork the workers.
    compiler
        Has the kernels.
    cards
        One of them is used, and held.
    baselines
        Trusted Python of the assignment.

    Attributes
    ----------
    card, facts
        The card that is held.
    baselines
        Times the assignment's own functions on it.

    Raises
    ------
    Verdict
        ``deferred`` when the card cannot be used in confinement.
    """

    def __init__(
        self,
        work: Work,
        servers: Servers,
        compiler: Compiler,
        cards: Sequence[Card],
        baselines: Path,
    ) -> None:
        self._name = work.name
        self._compiler = compiler
        with ExitStack() as stack:
            self.card = stack.enter_context(reserve(cards))
            self._worker = OnCard(work, servers)
            stack.callback(self._worker.close)
            self.facts = self._worker.open(self.card.uuid)
            self._recorder = Recorder(work, servers, self.facts)
            stack.callback(self._recorder.close)
            self.baselines = stack.enter_context(Baselines(baselines, self.card.uuid))
            self._stack = stack.pop_all()

    def close(self) -> None:
        self._stack.close()

    def compute(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Array:
        """What a call gives on the card."""
        arrays = [a for a in (*args, *kwargs.values()) if isinstance(a, np.ndarray)]
        spans = [span(a) for a in arrays]
        nbytes = max(1 << 30, _ALLOCATED * sum(spans))
        program = self._recorder.record(self._name, args, kwargs, nbytes)
        built = self._build(program, spans, nbytes)
        return self._worker.compute(program, built, arrays, nbytes)

    def time(
        self, args: Sequence[Any], kwargs: Mapping[str, Any], rows: Sequence[int], nbytes: int
    ) -> Timed:
        """How fast a call is on the card, and some of what it gives meanwhile.

        Parameters
        ----------
        args, kwargs
            Arrays are ``Tiled``, and among ``args``.
        rows
            Of the output along its last axis, counted through all others.
        nbytes
            That it cannot do without.
        """
        inputs = [a for a in args if isinstance(a, Tiled)]
        spans = [a.nbytes for a in inputs]
        allowed = max(1 << 30, _ALLOCATED * sum(spans))
        args = [a.stand_in if isinstance(a, Tiled) else a for a in args]
        program = self._recorder.record(self._name, args, kwargs, allowed)
        built = self._build(program, spans, allowed)
        timing, speed = _steady(
            lambda: self._worker.time(program, built, inputs, allowed, rows),
            lambda timing: judge(timing.samples, nbytes),
        )
        answers = [
            (tuple(a.shifted(number) for a in inputs), got)
            for number, got in enumerate(timing.rows)
        ]
        return Timed(speed, nbytes, answers, self._needs(built, timing.chosen))

    def _build(self, program: Program, spans: Sequence[int], nbytes: int) -> Built:
        """Code for this card, without what it has no room for where there is another way."""
        built = self._compiler.build(program, spans, nbytes, self.card.capability)
        room = self.facts.shared_bytes
        return [[way for way in ways if way[1].shared_bytes <= room] or ways for ways in built]

    def _needs(self, built: Built, chosen: Sequence[int]) -> dict[str, float]:
        """What the kernels take that were chosen, each figure of the one that takes most."""
        binaries = [dict(ways)[index] for ways, index in zip(built, chosen, strict=True)]
        return {
            "registers": max(b.registers for b in binaries),
            "spilled_bytes": max(b.spilled_bytes for b in binaries),
            "shared_bytes": max(b.shared_bytes for b in binaries),
            "occupancy": min(
                occupancy(b.registers, b.shared_bytes, b.threads, self.card.capability)
                for b in binaries
            ),
        }

    def fastest_baseline(
        self, args: Sequence[Any], kwargs: Mapping[str, Any], nbytes: int
    ) -> tuple[Speed, str]:
        """The fastest of the assignment's own functions on these inputs, and its name."""

        def measure() -> dict[str, Samples]:
            try:
                found = self.baselines.measure(args, kwargs)
            except NotMeasured as reason:
                raise _not_timed(reason) from None
            measured = {n: s for n, s in found.items() if isinstance(s, Samples)}
            if not measured:
                raise _not_timed("; ".join(map(str, found.values())))
            return measured

        def judged(found: dict[str, Samples]) -> tuple[Speed, str]:
            # Of those that lose it does not matter whether they are steady.
            for name in sorted(found, key=lambda n: statistics.median(found[n].run.milliseconds)):
                with contextlib.suppress(Impossible):  # no fault of the student
                    return judge(found[name], nbytes), name
            raise _not_timed("none of them can be")

        fastest: tuple[Speed, str] = _steady(measure, judged)[1]
        return fastest

    @cached_property
    def matmul_tflops(self) -> float | None:
        """What the card's own matrix product reaches, in bfloat16; None if it was not measured.

        It puts figures into words and costs no points, so that nothing waits for it.
        """
        try:
            return self.baselines.matmul_tflops()
        except NotMeasured:
            return None


def _not_timed(reason: object) -> Verdict:
    text = f"Not timed: what it is compared with could not be measured here ({reason})."
    return Verdict(text, status="deferred")


def _steady(measure: Callable[[], T], judged: Callable[[T], Any]) -> tuple[T, Any]:
    """Measure until it is steady; a card that never is leaves the test for another time."""
    reason = ""
    for _ in range(_ATTEMPTS):
        measured = measure()
        try:
            return measured, judged(measured)
        except Unsteady as unsteady:
            reason = str(unsteady)
        except Impossible as impossible:
            text = f"Not counted: {impossible}, which nothing can that does all of its work."
            raise Failed(text) from None
    text = f"Not timed: in {_ATTEMPTS} tries, {reason}. It waits until the card is quiet."
    raise Verdict(text, status="deferred")
