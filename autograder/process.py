"""One confined process with one exercise's code in it, and what to say when it goes wrong.

Whatever a worker does becomes an answer or a ``Verdict`` with a sentence for the student.
"""

from __future__ import annotations

import builtins
import errno
import re
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from autograder.expect import Failed, Raised, Verdict
from autograder.returns import Kind, article
from autograder.sandbox import wire
from autograder.sandbox.client import (
    ForkServer,
    WorkerDied,
    WorkerHungUp,
    WorkerOutOfMemory,
    WorkerProcess,
    WorkerTimeout,
)
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import PACKAGES, StudentCode

__all__ = ["Call", "Clock", "Confined", "Process", "Reply", "Work", "quoted"]

Call = tuple[Sequence[Any], Mapping[str, Any]]
"""Positional and keyword arguments."""

_ANSWERS = ("loaded", "returned", "raised", "missing", "ask")
_REPLY_CAP = 1 << 20
_BUDGET = 4  # times the limit of a test: for all tests of an exercise together
_OUT_OF_MEMORY_EXIT = 71  # forkserver.py
# How files, networks and processes are refused, by the layer that happens to do it.
_REFUSALS = {errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOENT, errno.ENOSYS}
_BUILTIN_EXCEPTIONS = frozenset(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
)


@dataclass
class Clock:
    """Time of student code; the grader's own work does not count.

    Attributes
    ----------
    seconds
        For each test.
    left
        Of it, in the test that is running.
    spent
        In all tests of the exercise so far.
    timeouts
        How many tests ran out of it.
    """

    seconds: float
    left: float = 0.0
    spent: float = 0.0
    timeouts: int = 0

    @property
    def used_up(self) -> bool:
        """Whether all tests of the exercise together have had their time."""
        return self.spent >= _BUDGET * self.seconds

    def restart(self) -> None:
        """Give the next test its full time, or what is left of that of the exercise."""
        self.left = min(self.seconds, max(0.0, _BUDGET * self.seconds - self.spent))

    def reset(self) -> None:
        """Forget all that was spent."""
        self.spent, self.timeouts = 0.0, 0
        self.restart()

    def spend(self, seconds: float) -> None:
        """Take off what student code used; negative for what the grader used of it."""
        self.left = max(0.0, self.left - seconds)
        self.spent += seconds


@dataclass(frozen=True)
class Work:
    """One exercise of one submission.

    Attributes
    ----------
    name
        The exercise.
    path
        Its file, as it should be named in a submission.
    functions
        Name of each function to the kind of value it returns; see ``returns.Kind``.
    signatures
        Name of each function to how the stub defines it, for messages.
    code
        The submission's files.
    server
        Forks the workers.
    clock
        Time that student code may take.
    limits
        Of each worker.
    unreadable
        Why there is no file of this exercise, if it could not be read.
    """

    name: str
    path: str
    functions: Mapping[str, Kind]
    signatures: Mapping[str, str]
    code: StudentCode
    server: ForkServer
    clock: Clock
    limits: Limits
    unreadable: str | None = None

    def expect_file(self) -> None:
        """Raise the verdict when the exercise has no file."""
        if self.name not in self.code.modules:
            absent = f"There is no {self.path} in the submission."
            raise Verdict(self.unreadable or absent, status="missing")


@dataclass(frozen=True)
class Reply:
    """What a worker said: its header, and its body to be read."""

    header: dict[str, Any]
    body: wire.Unpacker

    @property
    def is_question(self) -> bool:
        return bool(self.header["op"] == "ask")


class Confined:
    """A worker that is asked and heard on the clock of an exercise.

    Whatever it does instead of answering becomes a ``Verdict``.

    Parameters
    ----------
    clock
        Time that it may take.
    limits
        What it may use.
    server
        Forks it.
    answers
        The kinds of answers that it may give.

    Attributes
    ----------
    peak_bytes
        Of memory that one worker took at the most; None while none has ended.
    """

    def __init__(
        self, clock: Clock, limits: Limits, server: ForkServer, answers: Sequence[str]
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._server = server
        self._answers = answers
        self._worker: WorkerProcess | None = None
        self.peak_bytes: int | None = None

    def close(self) -> None:
        if self._worker is not None:
            if self._worker.alive:
                self._worker.end()
            self.peak_bytes = max(self._worker.grown, self.peak_bytes or 0)
        self._worker = None

    @property
    def running(self) -> bool:
        return self._worker is not None and self._worker.alive

    def fork(self) -> None:
        """Ask for a worker."""
        self.close()  # of one that has ended by itself, what is known of it
        self._worker = self._server.spawn(self._limits)

    def greet(self) -> None:
        """Wait until it is there."""
        assert self._worker is not None
        self._worker.greet()

    def tell(self, header: dict[str, Any], body: list[memoryview]) -> None:
        """Send it one message."""
        worker, clock = self._worker, self._clock
        assert worker is not None
        self._timed(lambda: worker.tell(header, body, time.monotonic() + clock.left))

    def hear(self, size_cap: int) -> Reply:
        """Its next word, or the verdict on it."""
        worker, clock = self._worker, self._clock
        assert worker is not None
        header, body = self._timed(lambda: worker.hear(time.monotonic() + clock.left, size_cap))
        if header.get("op") not in self._answers:  # of a sequence: it may be of any type
            self.garbled()
        return Reply(header, body)

    @property
    def _is_tight(self) -> bool:
        """Whether the test gives it less memory than its exercise has."""
        return False

    def _timed(self, work: Callable[[], Any]) -> Any:
        began = time.monotonic()
        try:
            return work()
        except WorkerTimeout:
            self._clock.timeouts += 1
            clock = self._clock
            limit = f"within {clock.seconds:g} seconds"
            if clock.used_up:
                limit = "in the time that was left of that of the exercise"
            text = f"No answer {limit}: an endless loop, or too slow."
            raise Verdict(text, status="timeout") from None
        except WorkerOutOfMemory:
            raise Verdict(self._too_much_memory(), status="out_of_memory") from None
        except WorkerHungUp:
            raise Verdict(
                "The process that ran the code closed its way to the grader, and gave no answer.",
                status="crashed",
            ) from None
        except WorkerDied as death:
            self._died(death.code)
        except wire.TooLarge:
            raise Failed("The answer is far larger than the question allows.") from None
        except wire.ProtocolError:
            self.garbled()
        finally:
            self._clock.spend(time.monotonic() - began)

    def garbled(self) -> NoReturn:
        """The verdict on bytes that are no answer."""
        self.close()
        raise Verdict(
            "The process that ran the code answered with bytes that are no answer: "
            "the code may only return values, not write to open files or sockets.",
            status="crashed",
        )

    def _died(self, code: int) -> NoReturn:
        if code == -signal.SIGXCPU:
            self._clock.timeouts += 1
            raise Verdict("The processor time ran out: an endless loop?", status="timeout")
        if code == _OUT_OF_MEMORY_EXIT:
            raise Verdict(self._too_much_memory(), status="out_of_memory")
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            how = f"was ended by {name}"
            if code == -signal.SIGSEGV and self._is_tight:
                how += ", as NumPy may where memory is short,"
        else:
            how = f"ended itself with exit status {code}"
        raise Verdict(
            f"The process that ran the code {how} before it answered; "
            "a function must return its answer.",
            status="crashed",
        )

    def _too_much_memory(self) -> str:
        megabytes = self._limits.memory_bytes / (1 << 20)
        where = " in this test" if self._is_tight else ""
        return f"The memory ran out: the code has {megabytes:g} MB for itself{where}."


class Process(Confined):
    """A worker that is started when first needed and replaced when it has ended.

    ``ask`` and ``hear`` are one call's two halves, so that several processes can be at work
    at a time; ``fork``, ``load`` and ``loaded`` are those of its start.

    Attributes
    ----------
    notes
        What was passed over in a notebook, in words; None where none was loaded.
    """

    packages = "the standard library and NumPy"

    def __init__(self, work: Work, limits: Limits | None = None) -> None:
        super().__init__(work.clock, limits or work.limits, work.server, _ANSWERS)
        self._work = work
        self._loaded: dict[str, Any] = {}
        self.notes: list[str] | None = None
        self._printed = ""

    @property
    def _is_tight(self) -> bool:
        return self._limits != self._work.limits

    def take_printed(self) -> str:
        """What student code printed since this was last asked for, as far as it was kept."""
        printed, self._printed = self._printed, ""
        return printed

    # -------------------------------------------------------------- starting

    def start(self) -> None:
        """Have a worker with the code loaded."""
        if not self.running:
            self.fork()
            self.load()
            self.loaded()

    def fork(self) -> None:
        """Ask for a worker."""
        self._work.expect_file()
        super().fork()

    def load(self) -> None:
        """Send it the code."""
        self.greet()
        body: list[memoryview] = []
        sources = [
            {"path": s.path, "text": wire.pack(s.text, body), "notebook": s.notebook}
            for s in self._work.code.sources
        ]
        header = {
            "op": "load",
            "sources": sources,
            "modules": dict(self._work.code.modules),
            "module": self._work.name,
        }
        self.tell(header, body)

    def loaded(self) -> None:
        """Wait until it has loaded it."""
        self._loaded = self.hear(_REPLY_CAP).header
        notes = self._loaded.get("notes")
        if isinstance(notes, list) and self._work.code.sources[0].notebook:
            self.notes = [text for note in notes[:20] if (text := _note_text(note))]

    # -------------------------------------------------------------- calling

    def call(
        self,
        function: str,
        calls: Sequence[Call],
        return_args: bool,
        give: Callable[[int], Any],
    ) -> list[Any]:
        """Call a student's function, once or several times in a row.

        Parameters
        ----------
        function
            Its name.
        calls
            The arguments of each; ``wire.Handle`` for what stays with the grader.
        return_args
            Whether the positional arguments are to come back as the calls left them.
        give
            What to give of a handle, by its id.

        Returns
        -------
        What each call returned, followed by its arguments if they were asked for.
        """
        self.start()
        cap = self.ask(function, calls, return_args)
        while (reply := self.hear(2 * cap)).is_question:
            handle = reply.header.get("handle")
            body: list[memoryview] = []
            if type(handle) is not int:
                self.garbled()
            try:
                value = wire.pack(give(handle), body)
            except LookupError:
                self.garbled()
            self.give(value, body)
        return self.returned(function, reply, len(calls) * (1 + return_args))

    def ask(self, function: str, calls: Sequence[Call], return_args: bool) -> int:
        """Begin calls; gives the bytes that the answer may have."""
        self.expect_loaded(function)
        body: list[memoryview] = []
        arrays = (a for args, _ in calls for a in args if isinstance(a, np.ndarray))
        cap = _REPLY_CAP + 4 * sum(a.nbytes for a in arrays)
        header = {
            "op": "call",
            "function": function,
            "calls": [
                [
                    [wire.pack(a, body) for a in args],
                    {key: wire.pack(value, body) for key, value in kwargs.items()},
                ]
                for args, kwargs in calls
            ],
            "cap": cap,
            "return_args": return_args,
        }
        self.tell(header, body)
        return cap

    def expect_loaded(self, function: str) -> None:
        """Raise the verdict on a file that could not be loaded."""
        if self._loaded["op"] == "raised":
            self._fail(self._loaded, function, loading=True)

    def give(self, value: Any, body: list[memoryview]) -> None:
        """Answer a question of the worker's."""
        self.tell({"op": "given", "value": value}, body)

    def returned(self, function: str, reply: Reply, count: int) -> list[Any]:
        """The values out of a reply, which must be so many.

        To read them is the grader's work, but of the student's making, and on their clock.
        """
        began = time.monotonic()
        try:
            return self._returned(function, reply, count)
        finally:
            self._work.clock.spend(time.monotonic() - began)

    def _returned(self, function: str, reply: Reply, count: int) -> list[Any]:
        self.expect_returned(function, reply)
        try:
            values = [reply.body.value(value) for value in reply.header["values"]]
            reply.body.done()
        except (wire.ProtocolError, KeyError, TypeError):
            self.garbled()
        if len(values) != count:
            self.garbled()
        return values

    def expect_returned(self, function: str, reply: Reply) -> None:
        """Raise the verdict on a call that gave no answer; keep what it printed."""
        self._printed += str(reply.header.get("printed", ""))[:2000]
        if reply.header["op"] == "missing":
            found = bool(reply.header.get("found"))
            raise Verdict(self._missing(function, found), status="missing")
        if reply.header["op"] == "raised":
            self._fail(reply.header, function, loading=False)

    # -------------------------------------------------------------- what went wrong

    def _missing(self, function: str, found: bool) -> str:
        path = self._work.code.sources[self._work.code.modules[self._work.name]].path
        if found:
            return f"`{function}` in {path} is not a function."
        return f"There is no function `{function}` in {path}."

    def _fail(self, reply: dict[str, Any], function: str, loading: bool) -> NoReturn:
        kind = reply.get("type")
        kind = kind if isinstance(kind, str) and kind in _BUILTIN_EXCEPTIONS else None
        named = reply.get("bases")
        named = named if isinstance(named, list) else []
        bases = frozenset(b for b in named if isinstance(b, str) and b in _BUILTIN_EXCEPTIONS)
        message = reply.get("message")
        revealed = f"It says: {message[:500]}" if isinstance(message, str) and message else ""
        where = self._where(reply.get("where"))

        def fail(feedback: str, status: Any = "error") -> NoReturn:
            raise Raised(feedback, revealed, status, frozenset() if loading else bases)

        if "MemoryError" in bases and loading and not reply.get("own"):
            fail("Python cannot read the file: it is nested too deeply.")
        if "MemoryError" in bases:
            fail(self._too_much_memory(), "out_of_memory")
        if "SyntaxError" in bases and loading and self._work.code.sources[0].notebook:
            fail("The file is no notebook that can be read, or holds more than 1 MB of code.")
        if "SyntaxError" in bases and loading:
            fail(f"Python cannot read the file: a syntax error{where}.")
        if "ModuleNotFoundError" in bases:
            self._fail_import(reply.get("module"), where, fail)
        code = reply.get("errno")
        if "OSError" in bases and code == errno.ENOMEM:  # of mmap and the like
            fail(self._too_much_memory(), "out_of_memory")
        if "OSError" in bases and type(code) is int and code in _REFUSALS:
            fail(
                f"The code tried to use a file, the network or another process{where}; "
                "none of them is there when it is graded.",
                "forbidden",
            )
        if kind == "NotImplementedError":
            fail(f"Not written yet: the code raises NotImplementedError{where}.")
        if "TypeError" in bases and reply.get("unfit") and not loading:
            wanted = self._work.signatures.get(function, function)
            fail(f"The function cannot be called as `{wanted}`, which is how it should be.")
        what = f"{article(kind)} {kind}" if kind else "an exception of its own"
        fail(f"{'Importing the file' if loading else 'The code'} raised {what}{where}.")

    def _fail_import(self, module: object, where: str, fail: Callable[..., NoReturn]) -> NoReturn:
        root = module.partition(".")[0] if isinstance(module, str) else ""
        if root in PACKAGES or root in self._work.code.exercises:
            fail(f"The code imports a file that is not in the submission{where}.")
        # A name is shown only if the student wrote it: it could carry anything else.
        named = f"`{root}`" if self._work.code.mentions(root) else "something"
        fail(
            f"The code imports {named}{where}; there is only {self.packages}.",
            "forbidden",
        )

    def _where(self, place: object) -> str:
        return quoted(self._work.code, place)


def quoted(code: StudentCode, place: object) -> str:
    """`` (exercises/stable.py, line 3: `return x`)`` for a place in a submitted file."""
    if not isinstance(place, list) or len(place) != 2:
        return ""
    path, line = place
    if type(line) is not int or not isinstance(path, str):
        return ""
    if re.fullmatch(r"cell \d{1,3}", path) and any(s.notebook for s in code.sources):
        return f" ({path}, line {line})" if 0 < line < 10_000 else ""
    for source in code.sources:
        if source.path == path and (text := source.line(line)) is not None:
            return f" ({path}, line {line}: `{text.strip()[:120]}`)"
    return ""


def _note_text(note: object) -> str:
    """One of the loader's notes in words; nothing for what is none."""
    if not isinstance(note, list) or len(note) != 3:
        return ""
    cell, kind, name = note
    if type(cell) is not int or not 0 < cell < 10_000:
        return ""
    if kind == "magics":
        return f"cell {cell}: what only a notebook understands was passed over"
    if kind == "unreadable":
        return f"cell {cell}: it is not Python, and was passed over"
    if kind == "stopped":
        known = isinstance(name, str) and name in _BUILTIN_EXCEPTIONS
        what = f"{article(name)} {name}" if known else "an exception of its own"
        return f"cell {cell}: a statement raised {what}; the rest was run"
    return ""
