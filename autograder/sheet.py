"""What a hidden test holds of a sheet of answers worked by hand."""

from __future__ import annotations

import contextlib
import math
from contextlib import AbstractContextManager, closing
from typing import Any

import numpy as np

from autograder.calls import Asked, Record, Refusal
from autograder.expect import Failed, Verdict
from autograder.parsing import Parser, Unparsable, as_bytes
from autograder.process import Clock
from autograder.sandbox.answers import is_blank
from autograder.sandbox.client import ForkServer
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import PACKAGES, Source

__all__ = ["Sheet"]

_CAP = 1 << 20


class Sheet:
    """The answers of one exercise of one submission.

    Every method raises a ``Verdict`` of status ``missing`` for an answer left blank, which
    is no mistake, and ``Failed`` for one of another kind than asked.

    Parameters
    ----------
    name
        The exercise.
    source
        The submitted file; None when there is none.
    server
        Forks the worker that takes the file apart: it may be a bomb.
    clock
        Time for that.
    limits
        Of the worker.
    unreadable
        Why there is no file, if it could not be read.

    Attributes
    ----------
    record
        What the tests asked, and what stood there.
    """

    last_call = printed = ""

    def __init__(
        self,
        name: str,
        source: Source | None,
        server: ForkServer,
        clock: Clock,
        limits: Limits,
        unreadable: str | None = None,
    ) -> None:
        self._name = name
        self._source = source
        self._server = server
        self.clock = clock
        self._limits = limits
        self._unreadable = unreadable
        self._answers: dict[str, Any] | Verdict | None = None
        self.record = Record()
        self.notes: list[str] | None = None  # it is no code
        self.measurements: dict[str, Any] = {}

    # -------------------------------------------------------------- for hidden tests

    def number(self, key: str) -> float:
        """The number under a key; ``"nan"`` is one."""
        with self._asking("number", key) as answers:
            answers.append(_number(key, self._get(key)))
        return float(answers[0])

    def numbers(self, key: str, *shape: int) -> np.ndarray[Any, Any]:
        """The list of numbers under a key, nested as ``shape`` has it."""
        with self._asking("numbers", key, *shape) as answers:
            answers.append(np.array(_numbers(key, self._get(key), shape)))
        return np.asarray(answers[0])

    def truth(self, key: str) -> bool:
        """Whether the answer under a key is true."""
        return self.word(key, "true", "false") == "true"

    def word(self, key: str, *choices: str) -> str:
        """The answer under a key, which must be one of these words."""
        with self._asking("word", key, *choices) as answers:
            value = self._get(key)
            if isinstance(value, bool | float):
                value = str(value)
            if not isinstance(value, str) or value.strip().lower() not in choices:
                raise Failed(f"`{key}` should be {' or '.join(choices)}.")
            answers.append(value.strip().lower())
        return str(answers[0])

    def _asking(self, method: str, *args: str | int) -> AbstractContextManager[list[Any]]:
        return self.record.asking(method, "each", [(args, {})])

    def _get(self, key: str) -> Any:
        if self._answers is None:
            try:
                self._answers = self._read()
            except Verdict as verdict:
                self._answers = verdict
        if isinstance(self._answers, Verdict):
            raise self._answers
        value = self._answers.get(key)
        if is_blank(value):
            raise Verdict(f"Not answered: `{key}`.", status="missing")
        return value

    # -------------------------------------------------------------- for the plugin

    def begin_test(self, test: str = "") -> None:
        """Give the next test its full time."""
        self.clock.restart()
        self.record.begin(test)

    def end_test(self) -> None:
        pass

    def close(self) -> None:
        pass

    def again(self, asked: Asked) -> list[Any] | Refusal:
        """The answer to a question that was asked before, of this sheet or of another."""
        ((args, _),) = asked.calls
        try:
            return [getattr(self, asked.function)(*args)]
        except Verdict as verdict:
            return Refusal.of(verdict)

    # -------------------------------------------------------------- reading

    def _read(self) -> dict[str, Any]:
        if self._source is None:
            absent = f"There is no {PACKAGES[0]}/{self._name}.toml in the submission."
            raise Verdict(self._unreadable or absent, status="missing")
        line = None
        with closing(Parser(self._server, self._limits, self.clock.left)) as parser:
            try:
                answer = parser.ask("answers", _CAP, text=self._source.text)
                if answer.field("op") == "answers":
                    pairs = answer.values("values")
                    return {_text(key): _plain(value) for key, value in pairs}
                line = answer.field("line")
            except (Unparsable, TypeError, ValueError):
                pass
        raise Verdict(_not_toml(self._source, line), status="error")


def _text(data: Any) -> str:
    return as_bytes(data).decode("utf-8", "replace")


def _plain(value: Any) -> Any:
    """Strings travel as bytes."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _text(value) if isinstance(value, np.ndarray) else value


def _not_toml(source: Source, line: object) -> str:
    shown = source.line(line) if type(line) is int else None
    if shown is None:
        return f"{source.path} is not TOML that can be read."
    shown = shown.strip()[:120]
    return f"{source.path} is not TOML: line {line} cannot be read (`{shown}`)."


def _numbers(key: str, value: Any, shape: tuple[int, ...]) -> Any:
    if not shape:
        if is_blank(value):
            raise Failed(f"A part of `{key}` is left blank.")
        return _number(key, value)
    if not isinstance(value, list) or len(value) != shape[0]:
        count = math.prod(shape)
        raise Failed(f"`{key}` should be a list of {count} numbers, bracketed as it was.")
    return [_numbers(key, item, shape[1:]) for item in value]


def _number(key: str, value: Any) -> float:
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Failed(f'`{key}` should be a number, such as 0.2447 or 1.5e-4, or "nan".')
    return float(value)
