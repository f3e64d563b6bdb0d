"""The public examples: a student's own loop, on any operating system, with no confinement.

The examples are the doctests of the assignment's stubs. Each exercise is loaded and tried
in a process of its own (``python -m autograder.examples``) with a time limit, by the same
loader as when it is graded.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import json
import linecache
import secrets
import subprocess
import sys
import traceback
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.sandbox.answers import NotToml, is_blank, read_answers
from autograder.sandbox.loader import Source, StudentModules
from autograder.triton_tasks.packages import missing_packages

__all__ = ["Example", "Tried", "try_exercise", "try_sheet"]

_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


@dataclass(frozen=True)
class Example:
    """One example that was run.

    Attributes
    ----------
    function
        Whose docstring it stands in.
    source, want, got
        What was typed, what the docstring shows, and what came.
    """

    function: str
    source: str
    want: str
    got: str
    passed: bool


@dataclass(frozen=True)
class Tried:
    """What the examples of one exercise came to.

    Attributes
    ----------
    examples
        Those that ran.
    problem
        Why none ran, or not all: a traceback or a sentence; empty if all ran.
    printed
        What the student's file printed when it was imported.
    unit
        What they are: examples, or answers.
    """

    examples: list[Example] = field(default_factory=list)
    problem: str = ""
    printed: str = ""
    unit: str = "examples"

    @property
    def passed(self) -> bool:
        return bool(self.examples) and not self.problem and all(e.passed for e in self.examples)


def public_examples(stub: str, filename: str) -> dict[str, str]:
    """Docstring of each function of a stub that holds examples."""
    functions = [n for n in ast.parse(stub, filename).body if isinstance(n, ast.FunctionDef)]
    docs = {f.name: ast.get_docstring(f) or "" for f in functions}
    return {name: doc for name, doc in docs.items() if doctest.DocTestParser().get_examples(doc)}


def try_exercise(
    name: str,
    stub: str,
    sources: list[Source],
    modules: dict[str, int],
    seconds: float,
    *,
    in_triton: bool = False,
) -> Tried:
    """Run the examples of one exercise in a process of its own.

    Parameters
    ----------
    name
        The exercise.
    stub
        Source of its stub.
    sources, modules
        The student's files, as for ``StudentModules``.
    seconds
        Time for all of it.
    in_triton
        Whether it is a Triton task; its kernels run in Triton's interpreter.
    """
    if in_triton and (lacking := missing_packages()):
        return Tried(problem=f"It needs {' and '.join(lacking)}: pip install 'onewalk[gpu]'.")
    try:
        docs = public_examples(stub, f"{name}.py")
    except SyntaxError as error:  # the stub may be the file that the student works on
        return Tried(problem="".join(traceback.format_exception_only(error)).strip())
    if not docs:
        return Tried(problem="There are no examples: the stub's docstrings hold them.")
    mark = secrets.token_hex(16)
    job = {
        "mark": mark,
        "name": name,
        "docs": docs,
        "sources": [asdict(source) for source in sources],
        "modules": modules,
        "in_triton": in_triton,
    }
    try:
        done = subprocess.run(
            # Not with the current folder first, where a student may have a random.py.
            [sys.executable, "-P", "-m", "autograder.examples"],
            input=json.dumps(job),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Tried(problem=f"It did not finish within {seconds:g} seconds: an endless loop?")
    # Whatever else the student's code prints, also on its way out, is not the answer.
    answers = [line for line in done.stdout.splitlines() if line.startswith(mark)]
    try:
        answer = json.loads(answers[0].removeprefix(mark))
        examples = [Example(**e) for e in answer["examples"]]
        return Tried(examples, answer["problem"], answer["printed"])
    except (ValueError, TypeError, KeyError, IndexError):
        said = done.stderr.strip().splitlines()[-1:]
        return Tried(problem=f"The process ended with {done.returncode}. {' '.join(said)}".strip())


def try_sheet(stub: str, sheet: str) -> Tried:
    """Look at a sheet of answers: can it be read, and what is still blank?

    Parameters
    ----------
    stub
        The sheet as it was given out.
    sheet
        The student's.
    """
    try:
        asked, answers = read_answers(stub), read_answers(sheet)
    except NotToml as error:
        where = f" in line {error.line}" if error.line else ""
        problem = f"This is not TOML{where}: write numbers plain (0.25), words in quotes."
        return Tried(problem=problem, unit="answers")
    # What is right is not known here, so an example passes when there is an answer.
    examples = [
        Example("", f"{key} = {_shown(answers.get(key))}", *_judged(blank, answers.get(key)))
        for key, blank in asked.items()
    ]
    unknown = sorted(set(answers) - set(asked))
    return Tried(
        examples, f"Not asked for: {', '.join(unknown)}." if unknown else "", unit="answers"
    )


def _judged(blank: Any, answer: Any) -> tuple[str, str, bool]:
    """What is wanted, what there is, and whether that will do: the right form is."""
    if is_blank(answer):
        return "an answer", "none", False
    good = _has_form_of(blank, answer)
    return "an answer in each place of the stub's brackets", "" if good else "another form", good


def _has_form_of(blank: Any, answer: Any) -> bool:
    if not isinstance(blank, list):
        return not isinstance(answer, list) and not is_blank(answer)
    return (
        isinstance(answer, list)
        and len(answer) == len(blank)
        and all(map(_has_form_of, blank, answer))
    )


def _shown(value: Any) -> str:
    return '""' if value is None else json.dumps(value, default=str)


# ------------------------------------------------------------------ in the child


class _Runner(doctest.DocTestRunner):
    """Collects examples instead of printing a report."""

    def __init__(self) -> None:
        super().__init__(optionflags=_FLAGS)
        self.examples: list[Example] = []

    def _note(self, test: doctest.DocTest, example: doctest.Example, got: str, ok: bool) -> None:
        # A line that only prepares the next is no example of its own, unless it fails.
        if example.want or not ok:
            self.examples.append(Example(test.name, example.source, example.want, got, ok))

    def report_start(self, out: Any, test: doctest.DocTest, example: doctest.Example) -> None:
        pass

    def report_success(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str
    ) -> None:
        self._note(test, example, got, True)

    def report_failure(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str
    ) -> None:
        self._note(test, example, got, False)

    def report_unexpected_exception(
        self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
    ) -> None:
        error = exc_info[1]
        unwritten = type(error) is NotImplementedError
        got = "not written yet" if unwritten else _own_traceback(error)
        self._note(test, example, got, False)


class _Printed:
    """Stands in for stdout while the file is imported."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text = (self.text + text)[:4000]
        return len(text)

    def flush(self) -> None:
        pass


def _own_traceback(error: BaseException) -> str:
    """The traceback from the student's first frame on; their lines are in linecache."""
    trace = error.__traceback__
    while trace and trace.tb_frame.f_code.co_filename not in _own_files:
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename in _own_files and error.lineno:
        # Python read it from whatever file of that name lies in the current folder.
        error.text = linecache.getline(error.filename, error.lineno)
    return "".join(traceback.format_exception(type(error), error, trace)).strip()


_own_files: set[str] = set()


def _remember(source: Source) -> None:
    """Show lines of what was submitted, not of a file of that name in the current folder."""
    _own_files.add(source.path)
    lines = source.text.splitlines(keepends=True)
    linecache.cache[source.path] = len(source.text), None, lines, source.path


def _main() -> None:
    job = json.load(sys.stdin)
    if job["in_triton"]:
        from autograder.triton_tasks.trying import interpret

        interpret()
    modules = StudentModules([Source(**source) for source in job["sources"]], job["modules"])
    modules.install()
    for source in modules.sources:
        if not source.notebook:
            _remember(source)
    _own_files.update(modules.names())
    printed, runner, problem = _Printed(), _Runner(), ""
    with contextlib.redirect_stdout(printed):
        try:
            module = modules.load(job["name"])
        except BaseException as error:
            module, problem = None, _own_traceback(error)
    if module is not None:
        import numpy as np

        for function, doc in job["docs"].items():
            if not hasattr(module, function):
                problem = problem or f"There is no function {function}."
                continue
            scope = {"np": np, **{n: m for n, m in sys.modules.items() if n == "torch"}}
            scope |= vars(module)
            test = doctest.DocTestParser().get_doctest(doc, scope, function, None, None)
            runner.run(test, out=lambda _: None)
    answer = {
        "examples": [asdict(example) for example in runner.examples],
        "problem": problem,
        "printed": printed.text.strip(),
    }
    print("\n" + job["mark"] + json.dumps(answer), flush=True)


if __name__ == "__main__":
    _main()
