"""``autograder try --github``: the public examples in a step of GitHub Actions.

A step is told things by lines on its standard output (annotations) and by files that
variables of its environment name (outputs, the job summary). So that nothing which student code
prints is taken for such a line, the runner is made deaf while examples run, and what is written
here afterwards is escaped.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import ast
import doctest
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from autograder.errors import UsageError
from autograder.examples import NOT_ANSWERED, NOT_WRITTEN, Example, Tried, public_examples
from autograder.exchange import reporter
from autograder.kit import Exercise
from autograder.report.gfm import code, fenced
from autograder.report.inert import plain
from autograder.sandbox.loader import Source

__all__ = ["Attempt", "Step"]

_OF_EACH_KIND = 10
"""How many errors, and how many notices, a step may annotate; the runner drops the others."""

_SHORT = 500
"""Length of a text for the reporter: an exercise must fit a variable of 128 KiB."""

_BLANK = (NOT_WRITTEN, NOT_ANSWERED)

_AFTERWORD = (
    "These are the public examples. The grade comes from other tests, which run elsewhere, on "
    "larger and on nastier inputs. Of answers worked by hand this says whether they are there, "
    "not whether they are right."
)


@dataclass(frozen=True)
class Attempt:
    """One exercise as it was tried.

    Attributes
    ----------
    name, path
        The exercise, and where its file belongs.
    stub
        Of the assignment: it says which examples there are.
    file
        The student's; None where there is none.
    """

    name: str
    path: str
    stub: str
    tried: Tried
    file: Source | None

    @property
    def wrong(self) -> list[Example]:
        """What failed though somebody worked on it."""
        return [e for e in self._failures if e.got not in _BLANK]

    @property
    def blank(self) -> list[Example]:
        """What is still as it was handed out: the first example of a function, a question."""
        return [e for e in self._failures if e.got in _BLANK]

    @property
    def _failures(self) -> Iterator[Example]:
        spent: set[str] = set()
        for example in self.tried.examples:
            if example.passed or example.function in spent:
                continue
            if example.got == NOT_WRITTEN or not example.want:
                spent.add(example.function)  # what follows fails for want of it
            yield example

    @property
    def not_run(self) -> list[tuple[str, str]]:
        """Examples of the stub that did not come to run: function and source."""
        ran = {(e.function, e.source) for e in self.tried.examples}
        return [example for example in _asked(self.stub) if example not in ran]

    @property
    def total(self) -> int:
        return self.tried.count[1] + len(self.not_run)

    def place(self, example: Example) -> tuple[str, int]:
        """File and line of the student's that a failure is about; 0 for no line."""
        if example.line:
            return example.path, example.line
        if self.file is None or self.file.notebook:
            return self.path, 0
        return self.file.path, _line_of(self.file.text, example)


def _asked(stub: str) -> list[tuple[str, str]]:
    try:
        docs = public_examples(stub, "stub.py")
    except SyntaxError:  # a sheet; or a student's copy, in which the stub is what is worked on
        return []
    parser = doctest.DocTestParser()
    return [
        (name, e.source) for name, doc in docs.items() for e in parser.get_examples(doc) if e.want
    ]


def _line_of(text: str, example: Example) -> int:
    """Where an example stands in a file, else its function; a question, in a sheet."""
    lines = text.splitlines()
    if not example.function:
        return _line_of_question(lines, example.source.partition(" =")[0])
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name == example.function:
            typed = ">>> " + example.source.partition("\n")[0]
            inside = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            return next((n for n in inside if lines[n - 1].strip() == typed), node.lineno)
    return 0


def _line_of_question(lines: Sequence[str], key: str) -> int:
    table = ""
    for number, line in enumerate(lines, 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            table = f"{header[1].strip()}."
        elif (question := re.match(r"\s*([\w.-]+)\s*=", line)) and table + question[1] == key:
            return number
    return 0


class Step:
    """A step of a workflow.

    While it is open, no line on standard output is a command. When all went well, it is told
    annotations, a summary, and an output for each exercise.

    Parameters
    ----------
    environment
        Of the step.

    Raises
    ------
    UsageError
        Where this is no such step.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        try:
            self._summary = Path(environment["GITHUB_STEP_SUMMARY"])
            self._output = Path(environment["GITHUB_OUTPUT"])
        except KeyError as error:
            raise UsageError(
                f"--github is for a step of GitHub Actions, and {error.args[0]} is not set; "
                "leave it out elsewhere"
            ) from None
        self._token = secrets.token_hex(16)
        self._attempts: list[Attempt] = []

    def __enter__(self) -> Self:
        print(f"::stop-commands::{self._token}", flush=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        print(f"::{self._token}::", flush=True)
        if kind is None:
            self._tell()

    def add(self, exercise: Exercise, file: Source | None, tried: Tried) -> None:
        """Note how an exercise was tried; with the student's file, if there is one."""
        # A student's copy may have lost it; the same file is missing from the work then.
        stub = ""
        if exercise.stub.is_file():
            stub = exercise.stub.read_text(encoding="utf-8-sig", errors="replace")
        self._attempts.append(Attempt(exercise.name, exercise.path, stub, tried, file))

    def _tell(self) -> None:
        for line in annotate(self._attempts):
            print(line)
        with self._summary.open("a", encoding="utf-8") as file:
            file.write(summary(self._attempts))
        with self._output.open("a", encoding="utf-8") as file:
            file.writelines(f"{k}={v}\n" for k, v in outputs(self._attempts).items())


# ------------------------------------------------------------------ annotations


def annotate(attempts: Sequence[Attempt]) -> Iterator[str]:
    """An error for each failure, a notice for what is not written yet; no more than are shown."""
    # The first of each exercise before the second of any.
    failing = sorted(
        (nth, order, line)
        for order, attempt in enumerate(attempts)
        for nth, line in enumerate(_errors(attempt))
    )
    yield from _at_most("error", [line for _, _, line in failing])
    yield from _at_most("notice", [_notice(a) for a in attempts if a.blank])


def _at_most(kind: str, lines: Sequence[str]) -> Sequence[str]:
    if len(lines) <= _OF_EACH_KIND:
        return lines
    rest = len(lines) - _OF_EACH_KIND + 1
    more = _command(
        kind, "", 0, "More", f"{rest} more; the job summary has the first of each exercise."
    )
    return [*lines[: _OF_EACH_KIND - 1], more]


def _errors(attempt: Attempt) -> Iterator[str]:
    tried = attempt.tried
    if tried.problem:
        path = tried.path or (attempt.file.path if attempt.file else "")
        yield _command("error", path, tried.line, attempt.name, tried.problem)
    for example in attempt.wrong:
        title = f"{attempt.name}: {example.function}" if example.function else attempt.name
        yield _command(
            "error", *attempt.place(example), title, "\n".join(_told(Tried([example]).blocks))
        )


def _notice(attempt: Attempt) -> str:
    first = attempt.blank[0]
    if first.function:
        text = f"{NOT_WRITTEN}: {', '.join(e.function for e in attempt.blank)}"
    else:
        text = f"{len(attempt.blank)} of {attempt.total} are not answered yet"
    return _command("notice", *attempt.place(first), attempt.name, text)


def _told(blocks: Iterable[tuple[str, str]]) -> Iterator[str]:
    for label, text in blocks:
        for number, line in enumerate(plain(text, lines=True, limit=1000).splitlines()):
            yield f"{label if not number else '':<9} {line}"


def _command(kind: str, path: str, line: int, title: str, message: str) -> str:
    about = {"file": plain(path), "line": str(line), "title": plain(title)}
    if not path or not line:
        del about["line"]
    if not path:
        del about["file"]
    properties = ",".join(f"{k}={_property(v)}" for k, v in about.items())
    return f"::{kind} {properties}::{_data(plain(message, lines=True))}"


def _data(text: str) -> str:
    """Escaped as the runner's own toolkit does."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


# ------------------------------------------------------------------ the job summary


def summary(attempts: Sequence[Attempt]) -> str:
    """A table of all exercises, then the first failure of each."""
    passed, total = sum(a.tried.count[0] for a in attempts), sum(a.total for a in attempts)
    rows = [
        f"| {code(a.name)} | {a.tried.count[0]} of {a.total} {a.tried.unit} | {_state(a)} |"
        for a in attempts
    ]
    table = "\n".join(["| exercise | passed | state |", "| --- | ---: | --- |", *rows])
    blocks = [f"## Public examples: {passed} of {total}", table]
    for attempt in attempts:
        tried = attempt.tried
        first = Tried(attempt.wrong[:1], tried.problem, tried.printed)
        if tried.problem or attempt.wrong:
            blocks += [f"### {code(attempt.name)}", fenced("\n".join(_told(first.blocks)))]
    return "\n\n".join([*blocks, _AFTERWORD]) + "\n"


def _state(attempt: Attempt) -> str:
    tried = attempt.tried
    if tried.problem:
        path, line = tried.path or attempt.path, tried.line
    elif attempt.wrong:
        path, line = attempt.place(attempt.wrong[0])
    elif attempt.blank:
        return NOT_WRITTEN if attempt.blank[0].function else "not answered yet"
    else:
        return "all pass"
    shown = code(plain(path).replace("|", "¦"))
    return f"{shown}, line {line}" if line else shown


# ------------------------------------------------------------------ what the reporter reads


def outputs(attempts: Sequence[Attempt]) -> dict[str, str]:
    """A runner for each exercise, and the list of them."""
    ids = reporter.runner_ids([a.name for a in attempts])
    runners = {ids[a.name]: reporter.encoded(_runner(a)) for a in attempts}
    return {"runners": ",".join(runners), **runners}


def _runner(attempt: Attempt) -> dict[str, Any]:
    """One point for each example, so that all sums of the reporter agree."""
    tried = attempt.tried
    tests = [_test(attempt, e) for e in tried.examples if e.want]
    tests += [_unrun(f"{name} {source}", tried.problem) for name, source in attempt.not_run]
    if not tried.passed and all(t["status"] == "pass" for t in tests):
        first = next((e.got for e in tried.examples if not e.passed), "There is nothing to try.")
        tests.append(_unrun(attempt.name, tried.problem or first))
    return reporter.runner("pass" if tried.passed else "fail", len(tests), tests)


def _test(attempt: Attempt, example: Example) -> dict[str, Any]:
    # Of a sheet it is only known what is answered.
    name = plain(f"{example.function or 'answered:'} {example.source}", limit=100)
    if example.passed:
        return reporter.outcome(name, "pass", 1)
    path, line = attempt.place(example)
    return reporter.outcome(
        name,
        "fail",
        0,
        message=plain(example.got, lines=True, limit=_SHORT),
        code=plain(example.source, lines=True, limit=_SHORT),
        path=plain(path),
        line=line,
    )


def _unrun(name: str, why: str) -> dict[str, Any]:
    message = plain(why, lines=True, limit=_SHORT)
    return reporter.outcome(plain(name, limit=100), "error", 0, message=message)
