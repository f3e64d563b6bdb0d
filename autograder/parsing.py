"""Taking apart what may be a bomb: notebooks, sheets and archives, out of the grader's reach.

A worker that runs no student code does it, within limits of memory and time, and ends.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from autograder.sandbox import wire
from autograder.sandbox.archive import BadArchive, BadMember, Member
from autograder.sandbox.client import ForkServer, WorkerDied, WorkerTimeout
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import StudentCode

__all__ = ["LIMITS", "Parser", "Unparsable", "as_bytes", "members", "without_outputs"]

LIMITS = Limits(memory_bytes=1 << 29, cpu_s=10)
"""Of a worker that takes an archive or a notebook apart."""

_SECONDS = 10.0
_CODE_CAP = 1 << 20  # of a notebook's cells together
_NAMES_CAP = 12 << 20  # of an archive
_HEADER = 1 << 20


class Unparsable(Exception):
    """The worker gave no answer, or not within its limits."""


class Parser:
    """A worker for one file. Use it with ``contextlib.closing``.

    Parameters
    ----------
    server
        Forks it.
    limits
        What it may use.
    seconds
        Of wall clock, for all that it is asked.
    """

    def __init__(
        self, server: ForkServer, limits: Limits = LIMITS, seconds: float = _SECONDS
    ) -> None:
        self._worker = server.spawn(limits)
        self._worker.greet()
        self._deadline = time.monotonic() + seconds

    def close(self) -> None:
        """End the worker."""
        self._worker.end()

    def ask(self, question: str, cap: int, /, **fields: Any) -> Answer:
        """Send one question, with text and arrays among its fields, and wait for the answer.

        Parameters
        ----------
        question
            One of the worker's.
        cap
            Bytes that the answer may have.

        Raises
        ------
        Unparsable
        """
        if not self._worker.alive:
            raise Unparsable
        body: list[memoryview] = []
        header = {
            name: wire.pack(value, body) if isinstance(value, str | np.ndarray) else value
            for name, value in fields.items()
        }
        try:
            self._worker.tell({"op": question, "cap": cap, **header}, body, self._deadline)
            return Answer(*self._worker.hear(self._deadline, cap + _HEADER))
        except (WorkerTimeout, WorkerDied, wire.ProtocolError):
            raise Unparsable from None


class Answer:
    """What the worker said."""

    def __init__(self, header: dict[str, Any], body: wire.Unpacker) -> None:
        self._header = header
        self._body = body

    def field(self, name: str) -> Any:
        """A field of its header."""
        return self._header.get(name)

    def value(self, name: str) -> Any:
        """The value that a field describes; in the order in which they were packed."""
        try:
            return self._body.value(self._header[name])
        except (wire.ProtocolError, KeyError):
            raise Unparsable from None

    def values(self, name: str) -> list[Any]:
        """The values that a list of descriptions stands for."""
        described = self._header.get(name)
        if not isinstance(described, list):
            raise Unparsable
        try:
            return [self._body.value(value) for value in described]
        except wire.ProtocolError:
            raise Unparsable from None

    def data(self, name: str) -> bytes:
        """The same of an array of bytes."""
        return as_bytes(self.value(name))


def as_bytes(value: Any) -> bytes:
    """What travels in place of text; ``Unparsable`` when it is something else.

    Not ``bytes(value)``: of a number that would be as many zeros.
    """
    if type(value) is not np.ndarray or value.dtype != np.uint8:
        raise Unparsable
    return value.tobytes()


def without_outputs(code: StudentCode, server: ForkServer) -> StudentCode:
    """A notebook reduced to its code; anything else as it is.

    Pictures would count in a worker's memory, and there would be one copy for each worker.
    Of one that cannot be taken apart nothing is left, and it fails where it is graded.
    """
    if not any(source.notebook for source in code.sources):
        return code
    (notebook,) = code.sources
    with closing(Parser(server)) as parser:
        try:
            cells = parser.ask("cells", _CODE_CAP, text=notebook.text).value("value")
            sources = [as_bytes(cell).decode() for cell in cells]
            plain = {"cells": [{"cell_type": "code", "source": source} for source in sources]}
            text = json.dumps(plain)
        except (Unparsable, TypeError, ValueError):
            text = ""
    return replace(code, sources=[replace(notebook, text=text)])


def members(parser: Parser, data: bytes, suffix: str) -> tuple[Sequence[Member], int]:
    """What is in an archive, and how much was left out, as ``intake.Unpack``.

    Each member can be read as long as the parser lives.

    Raises
    ------
    BadArchive
    """
    try:
        answer = parser.ask(
            "archive", _NAMES_CAP, data=np.frombuffer(data, np.uint8), suffix=suffix
        )
        if problem := answer.field("problem"):
            raise BadArchive(str(problem)[:200])
        names = answer.data("names").decode("utf-8", "replace").split("\0")[:-1]
        regular, left_out = answer.data("regular"), answer.field("left_out")
        if len(names) != len(regular) or type(left_out) is not int:
            raise Unparsable
    except Unparsable:
        raise BadArchive("takes more memory or time to open than it may") from None
    found = [
        Member(name, bool(is_file), partial(_read_member, parser, index))
        for index, (name, is_file) in enumerate(zip(names, regular, strict=True))
    ]
    return found, left_out


def _read_member(parser: Parser, index: int, cap: int) -> bytes:
    try:
        answer = parser.ask("member", cap + 1, index=index)
        if problem := answer.field("problem"):
            raise BadMember(str(problem)[:200])
        return answer.data("value")
    except Unparsable:
        raise BadMember("takes more memory or time to read than it may") from None
