"""What a hidden test holds of a submission: functions to call, and streams to give them.

Behind each call stands a confined worker. It is started when first needed, killed when it
does not answer in time, and replaced by a fresh one; whatever goes wrong becomes a
``Verdict`` with a sentence for the student.
"""

from __future__ import annotations

import builtins
import errno
import json
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NoReturn

import numpy as np

from autograder.expect import Failed, Raised, Verdict
from autograder.returns import Kind, article, checked
from autograder.sandbox import wire
from autograder.sandbox.client import ForkServer, WorkerDied, WorkerProcess, WorkerTimeout
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import PACKAGE, StudentCode

__all__ = ["Clock", "Function", "Stream", "Student", "without_outputs"]

_CHUNK = 4096
_REPLY_CAP = 1 << 20
_CODE_CAP = 1 << 20  # of a notebook's cells together
_CELLS_S = 10.0
_OUT_OF_MEMORY_EXIT = 71  # forkserver.py
# How files, networks and processes are refused, by the layer that happens to do it.
_REFUSALS = {errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOENT, errno.ENOSYS}
_BUILTIN_EXCEPTIONS = frozenset(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
)


def without_outputs(code: StudentCode, server: ForkServer, limits: Limits) -> StudentCode:
    """A notebook reduced to its code; anything else as it is.

    Pictures would count in a worker's memory, and there would be one copy for each worker.
    What may be a bomb is taken apart in a worker of its own, which runs no student code.
    A notebook that cannot be taken apart stays as it is, and fails where it is graded.
    """
    if not any(source.notebook for source in code.sources):
        return code
    (notebook,) = code.sources
    worker = server.spawn(limits)
    worker.greet()
    body: list[memoryview] = []
    header = {"op": "cells", "text": wire.pack(notebook.text, body), "cap": _CODE_CAP}
    try:
        reply, read = worker.ask(
            header, body, deadline=time.monotonic() + _CELLS_S, size_cap=2 * _CODE_CAP
        )
        cells = [bytes(cell).decode() for cell in read.value(reply["value"])]
    except (WorkerTimeout, WorkerDied, wire.ProtocolError, KeyError, TypeError, ValueError):
        return code
    finally:
        if worker.alive:
            worker.end()
    plain = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    return replace(code, sources=[replace(notebook, text=json.dumps(plain))])


class Stream:
    """A one-shot stream of numbers for an argument; the numbers stay with the grader.

    The worker gets an iterator of Python floats that fetches them a chunk at a time, so a
    stream may be larger than the worker's memory.

    Attributes
    ----------
    count
        How many numbers were handed out.
    """

    def __init__(self, numbers: Iterable[float]) -> None:
        self._chunks = _chunks(numbers)
        self.count = 0

    def next_chunk(self) -> np.ndarray[Any, Any]:
        """The next numbers as float64; none at the end."""
        chunk = next(self._chunks, np.empty(0))
        self.count += len(chunk)
        return chunk


def _chunks(numbers: Iterable[float]) -> Iterator[np.ndarray[Any, Any]]:
    if isinstance(numbers, np.ndarray):
        for start in range(0, len(numbers), _CHUNK):
            yield numbers[start : start + _CHUNK].astype(np.float64)
        return
    rest = iter(numbers)
    while len(chunk := np.fromiter(islice(rest, _CHUNK), np.float64)):
        yield chunk


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


class Student:
    """One exercise of one submission, as its hidden tests see it.

    ``student.softmax_stable(x)`` calls the student's function with these arguments and
    returns what it returned, as the kind of value that ``grader.toml`` declares for it.

    Parameters
    ----------
    name
        The exercise.
    functions
        Name of each function to the kind of value it returns; see ``returns.Kind``.
    signatures
        Name of each function to how the stub defines it, for messages.
    code
        The submission's files.
    server
        Forks the workers.
    clock
        Time that student code may take in one test.
    limits
        Of each worker.
    unreadable
        Why there is no code of this exercise, if it could not be read.
    """

    def __init__(
        self,
        name: str,
        functions: Mapping[str, Kind],
        signatures: Mapping[str, str],
        code: StudentCode,
        server: ForkServer,
        clock: Clock,
        limits: Limits,
        unreadable: str | None = None,
    ) -> None:
        self._name = name
        self._functions = functions
        self._signatures = signatures
        self._code = code
        self._server = server
        self.clock = clock
        self._limits = limits
        self._unreadable = unreadable
        self._tight: list[Student] = []
        self._worker: WorkerProcess | None = None
        self._loaded: dict[str, Any] = {}
        self.notes: list[str] = []
        self._last_call: tuple[str, tuple[Any, ...], Mapping[str, Any]] | None = None
        self.printed = ""

    def __getattr__(self, name: str) -> Function:
        if name not in self._functions:
            raise AttributeError(f"{name} is not a function of this exercise in grader.toml")
        return Function(self, name)

    # -------------------------------------------------------------- for hidden tests

    def stream(self, numbers: Iterable[float]) -> Stream:
        """An argument that the student's function can walk over once."""
        return Stream(numbers)

    def with_spare_memory(self, megabytes: float) -> Student:
        """The same submission in a fresh worker that has only so much memory to spare."""
        limits = Limits(int(megabytes * (1 << 20)), self._limits.cpu_s)
        tight = Student(
            self._name,
            self._functions,
            self._signatures,
            self._code,
            self._server,
            self.clock,
            limits,
            self._unreadable,
        )
        self._tight.append(tight)
        return tight

    # -------------------------------------------------------------- for the plugin

    @property
    def last_call(self) -> str:
        """The test's last call as one would write it."""
        return _call_text(*self._last_call) if self._last_call else ""

    def begin_test(self) -> None:
        """Give the next test its full time."""
        self.clock.left = self.clock.seconds
        self._last_call, self.printed = None, ""

    def end_test(self) -> None:
        """Let go of what only one test used."""
        while self._tight:
            tight = self._tight.pop()
            self._last_call, self.printed = tight._last_call, tight.printed
            tight.close()

    def close(self) -> None:
        self.end_test()
        if self._worker is not None and self._worker.alive:
            self._worker.end()
        self._worker = None

    # -------------------------------------------------------------- calls

    def call(
        self, function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any], return_args: bool
    ) -> tuple[Any, Any]:
        """Call a student's function; see ``Function``."""
        if self._name not in self._code.modules:
            raise Verdict(self._unreadable or _no_file(self._name), status="missing")
        self._last_call = function, args, kwargs
        streams: list[Stream] = []
        body: list[memoryview] = []

        def pack(value: Any) -> Any:
            if isinstance(value, Stream):
                streams.append(value)
                value = wire.Handle("stream", len(streams) - 1)
            return wire.pack(value, body)

        cap = _REPLY_CAP + 4 * sum(a.nbytes for a in args if isinstance(a, np.ndarray))
        header = {
            "op": "call",
            "function": function,
            "args": [pack(a) for a in args],
            "kwargs": {key: pack(value) for key, value in kwargs.items()},
            "cap": cap,
            "return_args": return_args,
        }

        def give(handle: object) -> np.ndarray[Any, Any]:
            if type(handle) is not int or not 0 <= handle < len(streams):
                raise wire.ProtocolError("a question about nothing")
            began = time.monotonic()
            chunk = streams[handle].next_chunk()
            own = time.monotonic() - began
            self.clock.left += own
            self.clock.spent -= own
            return chunk

        if self._worker is None or not self._worker.alive:
            self._start()
        if self._loaded["op"] == "raised":
            self._fail(self._loaded, function, loading=True)
        reply, read = self._ask(header, body, 2 * cap, give)
        self.printed += str(reply.get("printed", ""))[:2000]
        if reply.get("op") == "missing":
            raise Verdict(self._missing(function, bool(reply.get("found"))), status="missing")
        if reply.get("op") == "raised":
            self._fail(reply, function, loading=False)
        try:
            value = read.value(reply["value"])
            after = read.value(reply["args"]) if return_args else None
            read.done()
        except (wire.ProtocolError, KeyError):
            self._garbled()
        return value, after

    def _start(self) -> None:
        self._worker = self._server.spawn(self._limits)
        self._worker.greet()
        body: list[memoryview] = []
        sources = [
            {"path": s.path, "text": wire.pack(s.text, body), "notebook": s.notebook}
            for s in self._code.sources
        ]
        header = {
            "op": "load",
            "sources": sources,
            "modules": dict(self._code.modules),
            "module": self._name,
        }
        self._loaded, _ = self._ask(header, body, _REPLY_CAP, None)
        notes = self._loaded.get("notes")
        if isinstance(notes, list) and self._code.sources[0].notebook:
            self.notes = [text for note in notes[:20] if (text := _note_text(note))]

    def _ask(
        self,
        header: dict[str, Any],
        body: list[memoryview],
        cap: int,
        give: Callable[[int], Any] | None,
    ) -> tuple[dict[str, Any], wire.Unpacker]:
        assert self._worker is not None
        began = time.monotonic()
        try:
            reply, read = self._worker.ask(
                header, body, deadline=began + self.clock.left, size_cap=cap, give=give
            )
        except WorkerTimeout:
            self.clock.timeouts += 1
            raise Verdict(
                f"No answer within {self.clock.seconds:g} seconds: an endless loop, or too slow.",
                status="timeout",
            ) from None
        except WorkerDied as death:
            self._died(death.code)
        except wire.TooLarge:
            raise Failed("The answer is far larger than the question allows.") from None
        except wire.ProtocolError:
            self._garbled()
        finally:
            spent = time.monotonic() - began
            self.clock.left = max(0.0, self.clock.left - spent)
            self.clock.spent += spent
        if reply.get("op") not in ("loaded", "returned", "raised", "missing"):
            self._garbled()
        return reply, read

    # -------------------------------------------------------------- what went wrong

    def _garbled(self) -> NoReturn:
        if self._worker is not None and self._worker.alive:
            self._worker.end()
        raise Verdict(
            "The process that ran the code answered with bytes that are no answer: "
            "the code may only return values, not write to open files or sockets.",
            status="crashed",
        )

    def _died(self, code: int) -> NoReturn:
        if code == -signal.SIGXCPU:
            self.clock.timeouts += 1
            raise Verdict("The processor time ran out: an endless loop?", status="timeout")
        if code == _OUT_OF_MEMORY_EXIT:
            raise Verdict(_too_much_memory(self._limits), status="out_of_memory")
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
            how = f"was ended by {name}"
        else:
            how = f"ended itself with exit status {code}"
        raise Verdict(
            f"The process that ran the code {how} before it answered; "
            "a function must return its answer.",
            status="crashed",
        )

    def _missing(self, function: str, found: bool) -> str:
        path = self._code.sources[self._code.modules[self._name]].path
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
            fail(_too_much_memory(self._limits), "out_of_memory")
        if "SyntaxError" in bases and loading and self._code.sources[0].notebook:
            fail("The file is no notebook that can be read.")
        if "SyntaxError" in bases and loading:
            fail(f"Python cannot read the file: a syntax error{where}.")
        if "ModuleNotFoundError" in bases:
            self._fail_import(reply.get("module"), where, fail)
        if "OSError" in bases and reply.get("errno") in _REFUSALS:
            fail(
                f"The code tried to use a file, the network or another process{where}; "
                "none of them is there when it is graded.",
                "forbidden",
            )
        if kind == "NotImplementedError":
            fail(f"Not written yet: the code raises NotImplementedError{where}.")
        if "TypeError" in bases and reply.get("unfit") and not loading:
            wanted = self._signatures.get(function, function)
            fail(f"The function cannot be called as `{wanted}`, which is how it should be.")
        what = f"{article(kind)} {kind}" if kind else "an exception of its own"
        fail(f"{'Importing the file' if loading else 'The code'} raised {what}{where}.")

    def _fail_import(self, module: object, where: str, fail: Callable[..., NoReturn]) -> NoReturn:
        root = module.partition(".")[0] if isinstance(module, str) else ""
        if root == PACKAGE or root in self._code.exercises:
            fail(f"The code imports a file that is not in the submission{where}.")
        # A name is shown only if the student wrote it: it could carry anything else.
        named = f"`{root}`" if root in self._code.words else "something"
        fail(
            f"The code imports {named}{where}; there is only the standard library and NumPy.",
            "forbidden",
        )

    def _where(self, place: object) -> str:
        """`` (exercises/stable.py, line 3: `return x`)`` for a place in a submitted file."""
        if not isinstance(place, list) or len(place) != 2:
            return ""
        path, line = place
        if type(line) is not int or not isinstance(path, str):
            return ""
        if re.fullmatch(r"cell \d{1,3}", path) and any(s.notebook for s in self._code.sources):
            return f" ({path}, line {line})" if 0 < line < 10_000 else ""
        for source in self._code.sources:
            lines = re.split(r"\r\n|\r|\n", source.text) if source.path == path else []
            if 0 < line <= len(lines):
                return f" ({path}, line {line}: `{lines[line - 1].strip()[:120]}`)"
        return ""


class Function:
    """A student's function, called in a confined worker."""

    def __init__(self, student: Student, name: str) -> None:
        self._student = student
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        value, _ = self._student.call(self._name, args, kwargs, return_args=False)
        return self._checked(value)

    def with_inputs(self, *args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        """The answer, and the positional arguments as the call left them."""
        value, after = self._student.call(self._name, args, kwargs, return_args=True)
        kinds = [type(a) for a in after] if type(after) is list else []
        if kinds != [type(a) for a in args]:
            raise Failed("The arguments are no longer what they were after the call.")
        return self._checked(value), after

    def _checked(self, value: Any) -> Any:
        kind = self._student._functions[self._name]
        return checked(kind, value, self._student._code)


def _no_file(exercise: str) -> str:
    return f"There is no {PACKAGE}/{exercise}.py in the submission."


def _too_much_memory(limits: Limits) -> str:
    megabytes = limits.memory_bytes / (1 << 20)
    return f"The memory ran out: the code has {megabytes:g} MB for itself."


def _call_text(function: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """How a test called a function, for exercises that reveal all."""

    def text(value: Any) -> str:
        if isinstance(value, Stream):
            return "<stream>"
        if isinstance(value, np.ndarray) and value.size > 16:
            return f"<{value.dtype} array of shape {value.shape}>"
        return repr(value)

    parts = [text(a) for a in args] + [f"{k}={text(v)}" for k, v in kwargs.items()]
    return f"{function}({', '.join(parts)})"


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
