"""The process that runs student code: it answers calls until it is told to stop.

Nothing here decides anything. What a student does to this module, which is in reach of
their code, changes which bytes the grader receives, and bytes are all it receives.
"""

from __future__ import annotations

import builtins
import errno
import inspect
import io
import itertools
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from types import ModuleType
from typing import Any, NoReturn

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.answers import NotToml, read_answers
from autograder.sandbox.archive import Archive, BadArchive, BadMember, Member
from autograder.sandbox.collective import LARGEST, Communicator
from autograder.sandbox.loader import Source, StudentModules, code_cells

_EXCEPTIONS = {
    name: kind
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
}
_TRACEBACK: Any = vars(BaseException)["__traceback__"]
_PRINT_CAP = 2_000
_MESSAGE_CAP = 500


class FdPipe(wire.Pipe):
    """The worker's end of the wire."""

    def __init__(self, fd: int) -> None:
        super().__init__()
        self._fd = fd

    def read_some(self, buffer: memoryview) -> int:
        return os.readv(self._fd, [buffer])

    def write_some(self, buffers: list[memoryview]) -> int:
        return os.writev(self._fd, buffers)


class _Prints(io.RawIOBase):
    """Standard output of student code: its beginning is kept, the rest is dropped."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2  # /dev/null, for faulthandler and the like

    def write(self, data: Any) -> int:
        self._kept += bytes(data[: _PRINT_CAP - len(self._kept)])
        return len(data)

    def take(self) -> str:
        text = self._kept.decode(errors="replace")
        self._kept.clear()
        return text


class _Inert:
    """``autograder.practice`` while grading: whatever is done to it does nothing."""

    def __getattr__(self, name: str) -> _Inert:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: object, **kwargs: object) -> _Inert:
        return self

    def __iter__(self) -> Iterator[_Inert]:
        return iter(())

    def __enter__(self) -> _Inert:
        return self

    def __exit__(self, *error: object) -> None:
        pass


class Worker:
    """Answers the grader's messages over one pipe."""

    @classmethod
    def prepare(cls) -> None:
        """Called once in the fork server, before it is confined."""

    def __init__(self, pipe: wire.Pipe) -> None:
        self._pipe = pipe
        self._prints = _Prints()
        self._modules = StudentModules((), {})
        self._module: ModuleType | None = None
        self._members: Sequence[Member] = ()

    def serve(self) -> NoReturn:
        """Answer until the pipe ends."""
        sys.stdout = io.TextIOWrapper(self._prints, "utf-8", "replace", write_through=True)
        sys.stderr = sys.stdout
        while True:
            try:
                header, body = wire.receive(self._pipe, sys.maxsize)
            except EOFError:
                os._exit(0)
            self.answer(header, body)

    def answer(self, header: dict[str, Any], body: np.ndarray[Any, Any]) -> None:
        """Answer one message."""
        read = wire.Unpacker(body, self._handle)
        answer = getattr(self, f"_{header['op']}")  # none for what was not asked: this worker ends
        try:
            reply, out = answer(header, read)
        except BaseException as error:
            # Whatever was raised outside the student's own call, such as by a hostile
            # object while it was looked at: it is still the student's.
            reply, out = self._raised(error), []
        reply["printed"] = self._prints.take()
        wire.send(self._pipe, reply, out)

    def _cells(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        """The code of a notebook, without all that stands around it."""
        out: list[memoryview] = []
        cells = [_bytes(cell) for cell in code_cells(read.value(header["text"]))]
        return {"op": "cells", "value": wire.pack(cells, out, header["cap"])}, out

    def _answers(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        """What stands in a sheet of answers."""
        out: list[memoryview] = []
        try:
            answers = read_answers(read.value(header["text"]))
        except NotToml as error:
            return {"op": "raised", "line": error.line}, out
        # Each packed alone, so that one that is far too long harms no other.
        values = [
            wire.pack([_bytes(key), _strings_as_bytes(value)], out, header["cap"])
            for key, value in answers.items()
        ]
        return {"op": "answers", "values": values}, out

    def _archive(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        """What is in an archive, which is kept for ``_member``."""
        out: list[memoryview] = []
        try:
            data, suffix = bytes(read.value(header["data"])), read.value(header["suffix"])
            archive = Archive(data, suffix)
            self._members = archive.members
        except BadArchive as problem:
            return {"op": "archive", "problem": str(problem)}, out
        names = "".join(member.name.replace("\0", "?") + "\0" for member in self._members)
        regular = np.array([member.is_file for member in self._members], np.uint8)
        reply = {
            "op": "archive",
            "left_out": archive.left_out,
            "names": wire.pack(_bytes(names), out, header["cap"]),
            "regular": wire.pack(regular, out, header["cap"]),
        }
        return reply, out

    def _member(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        """The bytes of one member of the archive."""
        out: list[memoryview] = []
        try:
            data = self._members[header["index"]].read(header["cap"] - 1)
        except BadMember as problem:
            return {"op": "member", "problem": str(problem)}, out
        value = wire.pack(np.frombuffer(data, np.uint8), out, header["cap"])
        return {"op": "member", "value": value}, out

    def _load(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        sources = [
            Source(s["path"], read.value(s["text"]), s["notebook"]) for s in header["sources"]
        ]
        if any("random" in source.text for source in sources):
            _fix_the_draws()
        self._modules = StudentModules(sources, header["modules"])
        self._modules.install()
        try:
            self._module = self._modules.load(header["module"])
        except BaseException as error:
            return self._raised(error), []
        return {"op": "loaded", "notes": self._modules.notes[:20]}, []

    def _call(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        function = getattr(self._module, header["function"], None)
        if not callable(function):
            return {"op": "missing", "found": function is not None}, []
        calls = [
            ([read.value(a) for a in args], {name: read.value(a) for name, a in kwargs.items()})
            for args, kwargs in header["calls"]
        ]
        out: list[memoryview] = []
        values = []
        for args, kwargs in calls:
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                unfit = isinstance(error, TypeError) and not fits(function, args, kwargs)
                return self._raised(error, unfit), []
            parts: list[memoryview] = []
            values.append(wire.pack(result, parts, header["cap"]))
            if header["return_args"]:
                values.append(wire.pack(args, parts, header["cap"]))
            # The next call may write into an array that this one has returned.
            out += parts if args is calls[-1][0] else map(memoryview, map(bytes, parts))
        return {"op": "returned", "values": values}, out

    def _raised(self, error: BaseException, unfit: bool = False) -> dict[str, Any]:
        kind = type(error)
        # The real one, whatever the class of the exception says.
        trace = _TRACEBACK.__get__(error)
        names = self._modules.names()
        where: list[Any] | None = None
        own = False
        for frame, line in traceback.walk_tb(trace):
            if frame.f_code.co_filename in names:
                where, own = [frame.f_code.co_filename, line], True
        if issubclass(kind, SyntaxError):
            path = _plain(lambda: getattr(error, "filename", None), str)
            if path in names:
                where = [path, _plain(lambda: getattr(error, "lineno", None), int)]
        if issubclass(kind, MemoryError):
            # The frames hold what filled the memory; answering needs some.
            traceback.clear_frames(trace)
        return {
            "op": "raised",
            "type": next((n for n, k in _EXCEPTIONS.items() if k is kind), None),
            "bases": [n for n, k in _EXCEPTIONS.items() if issubclass(kind, k)],
            "where": where,
            "own": own,
            "unfit": unfit,
            "errno": _errno(error),
            "module": _plain(lambda: getattr(error, "name", None), str),
            "message": _plain(lambda: str(error), str),
        }

    # -------------------------------------------------------------- what stays with the grader

    def _handle(self, kind: str, numbers: list[int], begins: Any) -> Any:
        if kind == "stream":
            # chain is written in C: no frame, no length, no way back.
            return itertools.chain.from_iterable(self._chunks(numbers[0], *begins))
        if kind == "communicator":
            rank, size = numbers
            return Communicator(rank, size, self._meet)
        raise wire.ProtocolError(f"a handle of an unknown kind: {kind}")

    def _chunks(self, identity: int, chunk: Any, last: bool) -> Iterator[list[Any]]:
        yield chunk.tolist() if isinstance(chunk, np.ndarray) else chunk
        while not last:
            chunk, last = self._ask({"handle": identity}, [])
            yield chunk.tolist() if isinstance(chunk, np.ndarray) else chunk

    def _meet(self, op: str, value: Any) -> Any:
        body: list[memoryview] = []
        return self._ask({"reduce": op, "value": wire.pack(value, body, LARGEST)}, body)

    def _ask(self, question: dict[str, Any], body: list[memoryview]) -> Any:
        """Ask the grader, and wait for what it gives."""
        wire.send(self._pipe, {"op": "ask", **question}, body)
        header, given = wire.receive(self._pipe, sys.maxsize)
        return wire.Unpacker(given, self._handle).value(header["value"])


def _fix_the_draws() -> None:
    """Let code that draws draw the same in each regrade.

    NumPy's part is imported only here: each worker would pay for it as a part of its memory.
    """
    import random

    import numpy.random

    random.seed(0)
    numpy.random.seed(0)


def _bytes(text: str) -> np.ndarray[Any, Any]:
    return np.frombuffer(text.encode("utf-8", "replace"), np.uint8)


def _strings_as_bytes(value: Any) -> Any:
    """Strings as arrays, because that is what travels to the grader."""
    if isinstance(value, list):
        return [_strings_as_bytes(item) for item in value]
    return _bytes(value) if isinstance(value, str) else value


def fits(function: Any, args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Whether a function can be called with these arguments, as far as it can be told."""
    try:
        signature = inspect.signature(function)
    except BaseException:
        return True
    try:
        signature.bind(*args, **kwargs)
    except BaseException:
        return False
    return True


def _errno(error: BaseException) -> int | None:
    """The number of an OSError, or of the one that urllib gives as its reason."""
    try:
        reason = getattr(error, "reason", None)
        if isinstance(reason, OSError):
            error = reason
        # A name that cannot be looked up has a number of another kind: it is a refusal here.
        socket = sys.modules.get("_socket")
        if socket and issubclass(type(error), (socket.gaierror, socket.herror)):
            return errno.EPERM
    except BaseException:
        return None
    number: int | None = _plain(lambda: getattr(error, "errno", None), int)
    return number


def _plain(get: Callable[[], Any], kind: type) -> Any:
    """What an attribute of an exception is, if it is of that very type; else None."""
    try:
        found = get()
    except BaseException:
        return None
    if type(found) is str and kind is str:
        return found[:_MESSAGE_CAP]
    return found if type(found) is kind else None


def hide_the_grader() -> None:
    """Leave of this package only the inert ``autograder.practice``.

    Not for safety: nothing of value is here. A student's ``import autograder`` should find
    what the documentation promises, not the inside of a worker.
    """
    for name in [n for n in sys.modules if n.partition(".")[0] == "autograder"]:
        del sys.modules[name]
    package, practice = ModuleType("autograder"), ModuleType("autograder.practice")
    vars(practice)["__getattr__"] = lambda name: getattr(_Inert(), name)
    vars(package)["practice"] = practice
    sys.modules.update({"autograder": package, "autograder.practice": practice})
