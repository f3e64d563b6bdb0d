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
from autograder.triton_tasks.packages import missing_packages, needs

__all__ = [
    "NOT_ANSWERED",
    "NOT_WRITTEN",
    "Child",
    "Example",
    "Tried",
    "public_examples",
    "try_exercise",
    "try_sheet",
]

NOT_WRITTEN, NOT_ANSWERED = "not written yet", "none"
"""What comes of an example, and of a question, that is still as the stub has it."""

_NOWHERE = ("", 0)
_FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
_IN_TRITON = "triton"
_FIRST, _LAST = 10, 20  # lines that are shown of a long text


@dataclass(frozen=True)
class Example:
    """One example that was run.

    Attributes
    ----------
    function
        Whose docstring it stands in.
    source, want, got
        What was typed, what the docstring shows, and what came.
    path, line
        Where in the student's files it raised; empty and 0 where it did not.
    before
        Of one that fails: what was typed before it and gave its names their values.
    """

    function: str
    source: str
    want: str
    got: str
    passed: bool
    path: str = ""
    line: int = 0
    before: str = ""


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
    path, line
        Where in the student's files the problem is, if that is known.
    """

    examples: list[Example] = field(default_factory=list)
    problem: str = ""
    printed: str = ""
    unit: str = "examples"
    path: str = ""
    line: int = 0

    @property
    def passed(self) -> bool:
        return bool(self.examples) and not self.problem and all(e.passed for e in self.examples)

    @property
    def count(self) -> tuple[int, int]:
        """How many are right, of how many."""
        # A line that only prepares others is no example.
        examples = [e for e in self.examples if e.want]
        return sum(e.passed for e in examples), len(examples)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing yet that could be right or wrong."""
        first = next((e.got for e in self.examples), "")
        return not self.problem and not self.count[0] and first in (NOT_WRITTEN, NOT_ANSWERED)

    @property
    def blocks(self) -> list[tuple[str, str]]:
        """What a person should see of it, with labels, up to the first example that fails."""
        blocks = [("printed", self.printed), ("problem", self.problem)]
        first = next((e for e in self.examples if not e.passed), None)
        if first is not None:
            # A line that only prepares others is shown where it fails.
            blocks += [
                ("tried", first.before + first.source),
                ("expected", first.want),
                ("got", first.got or "nothing"),
                ("note", _note_on(first)),
            ]
        return [(label, _without_middle(text)) for label, text in blocks if text]


def _note_on(failed: Example) -> str:
    """What beginners cannot tell from the output alone; empty where there is no such thing."""
    if failed.want and failed.got.endswith(f"\n{failed.want}"):
        return "The last lines are right; but all that the code prints counts. Take it out."
    if failed.path or not failed.got.startswith(("AttributeError: ", "TypeError: ")):
        return ""  # it was not the example itself that stumbled over the answer
    if "'NoneType' object" in failed.got or "non-iterable NoneType" in failed.got:
        return f"The answer is None: {failed.function} may lack a return."
    if "'list' object" in failed.got:
        return "The answer is a list, and should be a NumPy array."
    return ""


def _without_middle(text: str) -> str:
    """A long text without its middle: a traceback names the exception in its last line."""
    lines = text.splitlines()
    left_out = len(lines) - _FIRST - _LAST
    if left_out <= 1:
        return text
    return "\n".join([*lines[:_FIRST], f"... {left_out} lines left out ...", *lines[-_LAST:]])


class Child:
    """A process that runs the examples of one exercise.

    It can be started ahead: to load NumPy, or PyTorch and Triton, takes longer than examples do.
    """

    def __init__(self, *, in_triton: bool = False) -> None:
        self._popen = subprocess.Popen(
            # Not with the current folder first, where a student may have a random.py.
            [sys.executable, "-P", "-m", "autograder.examples", *[_IN_TRITON] * in_triton],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
        )

    def run(self, job: str, seconds: float) -> subprocess.CompletedProcess[str]:
        """Give it its job and wait for its end; ``TimeoutExpired`` where that takes too long."""
        with self._popen as popen:
            try:
                out, err = popen.communicate(job, timeout=seconds)
            except BaseException:
                popen.kill()
                raise
            return subprocess.CompletedProcess(popen.args, popen.returncode, out, err)

    @property
    def is_alive(self) -> bool:
        return self._popen.poll() is None

    def kill(self) -> None:
        """End it, from whichever thread; who waits in ``run`` sees it end."""
        self._popen.kill()

    def close(self) -> None:
        """End it, where ``run`` was not called or has returned."""
        with self._popen as popen:
            popen.kill()


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
    child: Child | None = None,
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
    child
        The process to use, which was started for such an exercise; else one of its own.
    """
    if in_triton and (lacking := missing_packages()):
        return Tried(problem=needs(lacking))
    try:
        # The stub may be the file that the student works on.
        path = sources[modules[name]].path if name in modules else f"{name}.py"
        docs = public_examples(stub, path)
    except SyntaxError as error:
        problem = "".join(traceback.format_exception_only(error)).strip()
        return Tried(problem=problem, path=path, line=error.lineno or 0)
    if not docs:
        problem = "There are no examples: they stand in the docstrings of the file as you got it."
        return Tried(problem=problem)
    mark = secrets.token_hex(16)
    job = {
        "mark": mark,
        "name": name,
        "docs": docs,
        "sources": [asdict(source) for source in sources],
        "modules": modules,
    }
    try:
        done = (child or Child(in_triton=in_triton)).run(json.dumps(job), seconds)
    except subprocess.TimeoutExpired:
        return Tried(problem=f"It did not finish within {seconds:g} seconds: an endless loop?")
    # Whatever else the student's code prints, also on its way out, is not the answer.
    answers = [line for line in done.stdout.splitlines() if line.startswith(mark)]
    try:
        answer = json.loads(answers[0].removeprefix(mark))
        examples = [Example(**e) for e in answer["examples"]]
        path, line = answer["place"]
        return Tried(examples, answer["problem"], answer["printed"], path=path, line=line)
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
        return Tried(problem=problem, unit="answers", line=error.line or 0)
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
        return "an answer", NOT_ANSWERED, False
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
        self._prepared: dict[str, list[str]] = {}  # by function

    def _note(
        self,
        test: doctest.DocTest,
        example: doctest.Example,
        got: str,
        ok: bool,
        place: tuple[str, int] = _NOWHERE,
    ) -> None:
        prepared = self._prepared.setdefault(test.name, [])
        before = "" if ok else _needed(example.source, prepared)
        # A line that only prepares the next is no example of its own, unless it fails.
        if example.want or not ok:
            self.examples.append(
                Example(test.name, example.source, example.want, got, ok, *place, before)
            )
        else:
            prepared.append(example.source)

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
        got = NOT_WRITTEN if unwritten else _own_traceback(error)
        self._note(test, example, got, False, _own_place(error))


def _needed(source: str, prepared: list[str]) -> str:
    """Those of the lines before an example that gave its names their values."""
    lines: list[str] = []
    try:
        needed = _names(source)[0]
    except SyntaxError:  # the docstring may be one that the student has edited
        return ""
    for line in reversed(prepared):
        used, changed, bound = _names(line)
        if changed & needed:
            lines.insert(0, line)
            needed = (needed - bound) | used
    return "".join(lines)


def _names(source: str) -> tuple[set[str], set[str], set[str]]:
    """The names that a line uses, that it changes (``k`` in ``k[0] = 1``), and that it binds."""
    used: set[str] = set()
    changed: set[str] = set()
    bound: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
        targets = node.targets if isinstance(node, ast.Assign) else []
        changed |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return used, changed | bound, bound - used


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


def _own_place(error: BaseException) -> tuple[str, int]:
    """The innermost line of the student's that an error came from: file and number."""
    if isinstance(error, SyntaxError) and error.filename in _own_files and error.lineno:
        return error.filename, error.lineno
    place = _NOWHERE
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename in _own_files:
            place = frame.f_code.co_filename, line
    return place


_own_files: set[str] = set()


def _remember(source: Source) -> None:
    """Show lines of what was submitted, not of a file of that name in the current folder."""
    _own_files.add(source.path)
    lines = source.text.splitlines(keepends=True)
    linecache.cache[source.path] = len(source.text), None, lines, source.path


def _main() -> None:
    # First all that is needed whatever the job: it may come later.
    import numpy as np

    if _IN_TRITON in sys.argv:
        from autograder.triton_tasks.trying import interpret

        interpret()
    job = json.load(sys.stdin)
    modules = StudentModules([Source(**source) for source in job["sources"]], job["modules"])
    modules.install()
    for source in modules.sources:
        if not source.notebook:
            _remember(source)
    _own_files.update(modules.names())
    printed, runner, problem, place = _Printed(), _Runner(), "", _NOWHERE
    with contextlib.redirect_stdout(printed):
        try:
            module = modules.load(job["name"])
        except BaseException as error:
            module, problem, place = None, _own_traceback(error), _own_place(error)
    if module is not None:
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
        "place": place,
        "printed": printed.text.strip(),
    }
    print("\n" + job["mark"] + json.dumps(answer), flush=True)


if __name__ == "__main__":
    _main()
