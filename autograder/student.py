"""What a hidden test holds of a submission: functions to call, and what to give them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from autograder.calls import Asked, Record, Refusal, kept
from autograder.expect import Failed, Verdict
from autograder.process import Call, Clock, Process, Work
from autograder.ranks import Meeting, Ranks
from autograder.returns import checked
from autograder.sandbox import wire
from autograder.sandbox.confine import Limits
from autograder.streams import Block, Stream

__all__ = ["Function", "Student", "call_text"]


class Student:
    """One exercise of one submission, as its hidden tests see it.

    ``student.softmax_stable(x)`` calls the student's function with these arguments and
    returns what it returned, as the kind of value that ``grader.toml`` declares for it.

    Parameters
    ----------
    work
        The exercise and the submission.
    limits
        Of its worker, if they are not those of ``work``.
    record
        Of the submission's exercise, if it has begun already.

    Attributes
    ----------
    printed
        What the test's calls printed.
    record
        What the tests asked, and what came of it.
    measurements
        Figures for the result, by name.
    """

    def __init__(
        self, work: Work, limits: Limits | None = None, record: Record | None = None
    ) -> None:
        self._work = work
        self._memory_bytes = limits.memory_bytes if limits else None
        self.record = record or Record()
        self._process = Process(work, limits)
        self._ranks = Ranks(work)
        self._tight: list[Student] = []
        self._last_call: Callable[[], str] | None = None
        self.printed = ""
        self.measurements: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Function:
        if name not in self._work.functions:
            raise AttributeError(f"{name} is not a function of this exercise in grader.toml")
        return Function(self, name)

    # -------------------------------------------------------------- for hidden tests

    def stream(self, numbers: Iterable[float]) -> Stream:
        """An argument of floats that the student's function can walk over once."""
        return Stream.of_numbers(numbers)

    def block_stream(self, blocks: Iterable[Block]) -> Stream:
        """The same of tuples of arrays."""
        return Stream.of_blocks(blocks)

    def with_spare_memory(self, megabytes: float) -> Student:
        """The same submission in a fresh worker that has only so much memory to spare."""
        limits = Limits(int(megabytes * (1 << 20)), self._work.limits.cpu_s)
        self._tight.append(Student(self._work, limits, self.record))
        return self._tight[-1]

    # -------------------------------------------------------------- for the plugin

    @property
    def clock(self) -> Clock:
        """The time of this exercise."""
        return self._work.clock

    @property
    def last_call(self) -> str:
        """The test's last call as one would write it."""
        return self._last_call() if self._last_call else ""

    @property
    def notes(self) -> list[str] | None:
        """What was passed over in a notebook, in words; None where none was loaded."""
        return self._process.notes

    def begin_test(self, test: str = "") -> None:
        """Give the next test its full time."""
        self._work.clock.restart()
        self.record.begin(test)
        self._last_call, self.printed = None, ""

    def end_test(self) -> None:
        """Let go of what only one test used."""
        while self._tight:
            tight = self._tight.pop()
            self._last_call, self.printed = tight._last_call, tight.printed
            tight.close()
            self._note_memory(tight._process)

    def close(self) -> None:
        self.end_test()
        self._process.close()
        self._ranks.close()
        self._note_memory(self._process)
        self._note_memory(self._ranks)

    def _note_memory(self, ended: Process | Ranks) -> None:
        """Keep the most that any of its processes took, beyond Python and NumPy, in MB."""
        if ended.peak_bytes is not None:
            known = self.measurements.get("peak_memory_mb", 0)
            self.measurements["peak_memory_mb"] = max(known, round(ended.peak_bytes / (1 << 20)))

    def again(self, asked: Asked) -> list[Any] | Refusal:
        """What comes of a question that was asked before, of this submission or of another."""
        student = self
        if asked.memory_bytes is not None:
            student = self.with_spare_memory(asked.memory_bytes / (1 << 20))
        function, calls = getattr(student, asked.function), asked.arguments()
        try:
            if asked.how == "each":
                return list(function.each(*calls))
            ((args, kwargs),) = calls
            if asked.how == "with_inputs":
                value, after = function.with_inputs(*args, **kwargs)
                return [(value, kept(args, after))]
            meeting = function.on_ranks(*args)
            return [_of(meeting, args[0])]
        except Verdict as verdict:
            return Refusal.of(verdict)

    # -------------------------------------------------------------- calls

    def asking(
        self, function: str, how: str, calls: Sequence[Call]
    ) -> AbstractContextManager[list[Any]]:
        """Record a question; see ``Record.asking``."""
        return self.record.asking(function, how, calls, self._memory_bytes)

    def call(
        self,
        function: str,
        calls: Sequence[Call],
        return_args: bool = False,
    ) -> list[Any]:
        """Call a student's function; see ``Process.call``."""
        # In words only when someone asks: most calls are right, and large.
        self._last_call = lambda: call_text(function, calls)
        streams: list[Stream] = []

        def handled(value: Any) -> Any:
            if not isinstance(value, Stream):
                return value
            streams.append(value)
            # A short one needs no question at all.
            return wire.Handle("stream", (len(streams) - 1,), value.next_chunk())

        def next_piece(handle: int) -> Any:
            if not 0 <= handle < len(streams):
                raise LookupError(handle)
            return streams[handle].next_chunk()

        try:
            return self._process.call(
                function,
                [([handled(a) for a in args], kwargs) for args, kwargs in calls],
                return_args,
                give=next_piece,
            )
        finally:
            self.printed += self._process.take_printed()

    def call_ranks(self, function: str, shards: Sequence[Any]) -> Meeting:
        """Call a student's function on several ranks at once; see ``Function``."""
        self._last_call = lambda: f"{function}(shard, comm) with {_text(list(shards))}"
        try:
            return self._ranks.call(function, shards)
        finally:
            self.printed += self._ranks.take_printed()


class Function:
    """A student's function, called in a confined worker."""

    def __init__(self, student: Student, name: str) -> None:
        self._student = student
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        (value,) = self.each((args, kwargs))
        return value

    def each(self, *calls: Call) -> list[Any]:
        """The answers to several calls, each given by its arguments and keyword arguments.

        They are made one after the other, and cost little more than one.
        """
        with self._student.asking(self._name, "each", calls) as answers:
            answers += [self._checked(value) for value in self._student.call(self._name, calls)]
        return answers

    def with_inputs(self, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        """The answer, and the positional arguments as the call left them."""
        calls = [(args, kwargs)]
        with self._student.asking(self._name, "with_inputs", calls) as answers:
            value, after = self._student.call(self._name, calls, return_args=True)
            kinds = [type(a) for a in after] if type(after) is list else []
            if kinds != [wire.Opaque if isinstance(a, Stream) else type(a) for a in args]:
                raise Failed("The arguments are no longer what they were after the call.")
            value = self._checked(value)
            answers.append((value, kept(args, after)))
        return value, after

    def on_ranks(self, shards: Sequence[Any]) -> Meeting:
        """Call ``function(shard, comm)`` on as many ranks as there are shards.

        Each rank is a worker of its own; their communicator meets in the grader.
        """
        with self._student.asking(self._name, "on_ranks", [((shards,), {})]) as answers:
            meeting = self._student.call_ranks(self._name, shards)
            meeting.answers = [self._checked(answer) for answer in meeting.answers]
            answers.append(_of(meeting, shards))
        return meeting

    def _checked(self, value: Any) -> Any:
        work = self._student._work
        return checked(work.functions[self._name], value, work.code)


def _of(meeting: Meeting, shards: Sequence[Any]) -> tuple[list[Any], list[bool], bool]:
    """What tells one way from another: answers, what became of shards, and whether rows travel."""
    return meeting.answers, kept(shards, meeting.shards), max(meeting.reduces, default=0) > 1


def call_text(function: str, calls: Sequence[Call]) -> str:
    """How a test called a function, for exercises that reveal all."""
    texts = []
    for args, kwargs in calls:
        given = [f"{key}={_text(value)}" for key, value in kwargs.items()]
        texts.append(f"{function}({', '.join([*map(_text, args), *given])})")
    return ", ".join(texts)


def _text(value: Any) -> str:
    if isinstance(value, Stream):
        return "<stream>"
    if isinstance(value, list):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, np.ndarray) and value.size > 16:
        return f"<{value.dtype} array of shape {value.shape}>"
    return repr(value)
