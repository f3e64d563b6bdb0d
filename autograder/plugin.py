"""The pytest side: hidden tests are collected once and run for submission after submission.

``pytest.main`` owns its thread from start to end, and its run loop here takes jobs from a
queue instead of ending after one pass. So the public API is all that is used of pytest, a
job costs no collection, and callers see a plain ``Suite.run``.

Fixtures
--------
student
    The submission's exercise under test: an ``autograder.student.Student``, or an
    ``autograder.sheet.Sheet`` where the exercise is a sheet of answers.
rng
    A ``numpy.random.Generator``, the same for each submission of a batch.

Markers
-------
weight(n)
    The test's share of the exercise's points, against the other tests'. Default 1.
hint(text)
    What to tell a student who does not pass.
after(name, ...)
    Run only if these tests of the same file have passed.
"""

from __future__ import annotations

import functools
import hashlib
import math
import os
import queue
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pytest

from autograder.errors import AutograderError, GraderFault, KitError
from autograder.expect import Tolerance, Verdict, set_tolerances, take_errors
from autograder.result import Status
from autograder.sandbox.kernel import ConfinementError
from autograder.sheet import Sheet
from autograder.student import Student
from autograder.triton_tasks.task import TritonTask

__all__ = ["Outcome", "Suite"]

_TIMEOUTS = 2
_MARKERS = {
    "weight": "(n): the test's share of the exercise's points",
    "hint": "(text): what to tell a student who does not pass",
    "after": "(name, ...): run only if these tests of the file have passed",
    "card": ": needs a GPU; left out where grader.toml says that there is none",
}

# What of pytest's own is of no use here and costs time in every test or at the start.
_WITHOUT = (
    "cacheprovider capture debugging doctest faulthandler junitxml logging pastebin recwarn"
    " setuponly setupplan stepwise terminal threadexception unittest unraisableexception"
    " warnings"
).split()


@dataclass(frozen=True)
class Outcome:
    """How one hidden test ended for one submission.

    Attributes
    ----------
    id
        Such as ``test_stable.py::test_batch_axis``.
    exercise, title, weight, hint
        What the test says of itself.
    status, feedback, revealed
        As in ``expect.Verdict``. Of a ``grader_error`` both are for the instructor: where it
        happened, and the traceback.
    seconds
        How long it took.
    share
        Of its points that it earned, from 0 to 1.
    """

    id: str
    exercise: str
    title: str
    weight: float
    hint: str
    status: Status
    feedback: str
    revealed: str
    seconds: float
    share: float

    @property
    def has_lost(self) -> bool:
        """Whether it has cost points, which nothing that is deferred has."""
        return self.share < 1 and self.status != "deferred"


@dataclass(frozen=True)
class _Job:
    students: dict[str, Student | Sheet | TritonTask]
    seed: int
    until_lost: bool
    only: Collection[str] | None


class Suite:
    """The hidden tests of an assignment, collected and ready. Use it with ``with``.

    Parameters
    ----------
    files
        Exercise name to its file of hidden tests.
    tolerances
        For ``expect_close``.
    cards
        Whether tests count that need a GPU.

    Raises
    ------
    KitError
        On entering, when a file cannot be collected.
    """

    def __init__(
        self, files: dict[str, Path], tolerances: dict[str, Tolerance], cards: bool
    ) -> None:
        self._files = files
        self._plugin = _Plugin({str(path): name for name, path in files.items()}, cards)
        self._thread = threading.Thread(target=self._main, name="hidden-tests", daemon=True)
        self._tolerances = tolerances

    def __enter__(self) -> Suite:
        self._before = set(sys.modules), list(sys.path)
        # Options meant for another run of pytest have no business here.
        outside = {n: os.environ.pop(n, None) for n in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")}
        try:
            self._thread.start()
            self._answer()
        except BaseException:
            self._close()
            raise
        finally:
            os.environ.update({n: v for n, v in outside.items() if v is not None})
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def _close(self) -> None:
        self._plugin.jobs.put(None)
        self._thread.join()
        # Another assignment in this process may have modules of the same names.
        modules, sys.path[:] = self._before
        folders = {path.parent for path in self._files.values()}
        for name in set(sys.modules) - modules:
            file = getattr(sys.modules[name], "__file__", None)
            if file and Path(file).parent in folders:
                del sys.modules[name]

    @property
    def tests(self) -> Sequence[Outcome]:
        """The tests as collected, none of them run."""
        return [t.outcome("failed", "", "", 0.0, 0.0) for t in self._plugin.tests]

    def run(
        self,
        students: dict[str, Student | Sheet | TritonTask],
        seed: int,
        until_lost: bool = False,
        only: Collection[str] | None = None,
    ) -> list[Outcome]:
        """Run the hidden tests of these exercises on one submission.

        Parameters
        ----------
        students
            By exercise; tests of other exercises are left out.
        seed
            Of the inputs that tests draw.
        until_lost
            Whether to stop after the first test that has lost points.
        only
            Ids of the tests to run, if not all.
        """
        set_tolerances(self._tolerances)
        self._plugin.jobs.put(_Job(students, seed, until_lost, only))
        outcomes: list[Outcome] = self._answer()
        return outcomes

    def _answer(self) -> Any:
        answer = self._plugin.answers.get()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _main(self) -> None:
        args = [str(path) for path in self._files.values()]
        root = Path(os.path.commonpath([path.parent for path in self._files.values()]))
        options = [f"--rootdir={root}", f"--confcutdir={root}", "-c", os.devnull]
        options += ["--assert=plain", "--strict-markers", "--disable-plugin-autoload"]
        options += [part for name in _WITHOUT for part in ("-p", f"no:{name}")]
        try:
            code = pytest.main([*options, *args], plugins=[self._plugin])
            self._plugin.answers.put(GraderFault(f"pytest ended with {code!r}"))
        except BaseException as error:
            self._plugin.answers.put(error)


class _Test:
    """A collected item and what it says of itself."""

    def __init__(self, item: pytest.Item, exercise: str) -> None:
        self.item = item
        self.exercise = exercise
        self.name = item.name
        self.id = f"{item.path.name}::{item.nodeid.partition('::')[2]}"
        doc = getattr(getattr(item, "function", None), "__doc__", None) or ""
        lines = doc.strip().splitlines()
        words = getattr(item, "originalname", item.name).removeprefix("test_").replace("_", " ")
        self.title = lines[0].rstrip(".") if lines else words
        self.weight = _argument(item, "weight", 1.0)
        self.hint = str(_argument(item, "hint", ""))
        after = item.get_closest_marker("after")
        self.after = tuple(after.args) if after else ()
        if not isinstance(self.weight, int | float) or not 0 < self.weight < math.inf:
            raise KitError(f"{self.id}: its weight is {self.weight!r}; it must be a number above 0")
        self.is_plain = _is_plain(item)

    def outcome(
        self, status: Status, feedback: str, revealed: str, seconds: float, share: float
    ) -> Outcome:
        return Outcome(
            *(self.id, self.exercise, self.title, self.weight, self.hint),
            *(status, feedback, revealed, seconds, share),
        )


def _is_plain(item: pytest.Item) -> bool:
    """Whether a test is a function that needs nothing but our fixtures.

    pytest would do no more for it than call it, and take longer over that than over many a
    test itself. All that it does do, setup functions and parameters included, shows in the
    names of fixtures, the markers or a conftest.py.
    """
    return (
        isinstance(item, pytest.Function)
        and item.cls is None
        and set(item.fixturenames) <= {"student", "rng"}
        and {marker.name for marker in item.iter_markers()} <= set(_MARKERS)
        and not (item.path.parent / "conftest.py").exists()
    )


def _argument(item: pytest.Item, marker: str, default: object) -> Any:
    found = item.get_closest_marker(marker)
    if found is None:
        return default
    if len(found.args) != 1:
        raise KitError(f"{item.nodeid}: the marker {marker} takes one argument")
    return found.args[0]


class _Plugin:
    """Hooks and fixtures, registered in the one pytest session."""

    def __init__(self, exercises: dict[str, str], cards: bool) -> None:
        self._cards = cards
        self.jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.tests: list[_Test] = []
        self._exercises = exercises
        self._broken: list[str] = []
        self._job: _Job
        self._running: _Test
        self._instead: Verdict | None = None
        self._phases: dict[str, BaseException | None] = {}
        self._explicit_pass = False

    # -------------------------------------------------------------- collecting

    def pytest_configure(self, config: pytest.Config) -> None:
        for name, meaning in _MARKERS.items():
            config.addinivalue_line("markers", f"{name}{meaning}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._broken.append(f"{report.nodeid}: {str(report.longrepr).strip()}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._answer(lambda: self._check(session.items))
        while (job := self.jobs.get()) is not None:
            self._answer(functools.partial(self._run, job))
        return True

    def _answer(self, work: Callable[[], Any]) -> None:
        """Hand over what came of it, or the exception, to be raised in the other thread."""
        try:
            self.answers.put(work())
        except BaseException as error:
            self.answers.put(error)

    def _check(self, items: Sequence[pytest.Item]) -> None:
        if self._broken:
            raise KitError("hidden tests cannot be collected:\n" + "\n".join(self._broken))
        self.tests = [
            _Test(item, self._exercises[str(item.path)])
            for item in items
            if self._cards or item.get_closest_marker("card") is None
        ]
        for test_id, count in Counter(test.id for test in self.tests).items():
            if count > 1:
                raise KitError(f"{test_id}: there are {count} tests of this name")
        for name in self._exercises.values():
            mine = [test for test in self.tests if test.exercise == name]
            if not mine:
                raise KitError(f"test_{name}.py holds no test")
            for number, test in enumerate(mine):
                for needed in test.after:
                    if needed not in {t.name for t in mine[:number]}:
                        raise KitError(f"{test.id}: there is no {needed} before it in the file")

    # -------------------------------------------------------------- running

    def _run(self, job: _Job) -> list[Outcome]:
        self._job = job
        take_errors()  # those of a run that was broken off
        chosen = [
            test
            for test in self.tests
            if test.exercise in job.students and (job.only is None or test.id in job.only)
        ]
        outcomes: dict[str, Outcome] = {}
        for number, test in enumerate(chosen):
            # After the last test the first comes again, so that pytest keeps what is shared.
            following = chosen[(number + 1) % len(chosen)]
            outcome = outcomes[test.id] = self._run_one(test, following, outcomes)
            # Of others pytest has begun the next one already, by what the two share.
            if job.until_lost and outcome.has_lost and following.is_plain:
                break
            if following.exercise != test.exercise or following is chosen[0]:
                job.students[test.exercise].measurements |= take_errors()
                job.students[test.exercise].close()
        return list(outcomes.values())

    def _run_one(self, test: _Test, following: _Test, before: dict[str, Outcome]) -> Outcome:
        student = self._job.students[test.exercise]
        self._running, self._phases, self._explicit_pass = test, {}, False
        self._instead = self._why_not(test, student, before)
        student.begin_test(test.id)
        began = time.perf_counter()
        if test.is_plain:
            self._call(test.item)
        else:
            hook = test.item.config.hook
            hook.pytest_runtest_protocol(item=test.item, nextitem=following.item)
        seconds = time.perf_counter() - began
        student.end_test()
        status, feedback, revealed, share = self._judge()
        if status != "passed":
            called = f"Called as {student.last_call}." if student.last_call else ""
            printed = f"Printed: {student.printed}" if student.printed else ""
            revealed = " ".join(part for part in (revealed, called, printed) if part)
        return test.outcome(status, feedback, revealed, seconds, share)

    def _call(self, item: Any) -> None:
        """What is left of pytest's protocol for a plain test."""
        fixtures = {"student": self._student, "rng": self._rng}
        try:
            self.pytest_runtest_call()
            item.obj(**{name: fixtures[name]() for name in item.fixturenames})
        except (KeyboardInterrupt, SystemExit, pytest.exit.Exception):
            raise
        except BaseException as error:  # pytest's own outcomes are no ordinary exceptions
            self._phases["call"] = error
        else:
            self._explicit_pass = True

    def _why_not(
        self, test: _Test, student: Student | Sheet | TritonTask, before: dict[str, Outcome]
    ) -> Verdict | None:
        """The verdict of a test that is not worth running, or None."""
        # By name, as the marker has it: a test in a class has a longer id.
        firsts = [
            before[t.id]
            for t in (self.tests if test.after else ())
            if t.exercise == test.exercise and t.name in test.after and t.id in before
        ]
        for first in firsts:
            if first.status in ("missing", "deferred"):
                return Verdict(first.feedback, status=first.status)
            if first.status != "passed":
                return Verdict(f"Not run: first pass “{first.title}”.")
        if student.clock.timeouts >= _TIMEOUTS:
            text = f"Not run: {_TIMEOUTS} tests before it have run out of time."
            return Verdict(text, status="timeout")
        if student.clock.used_up:
            text = "Not run: the tests before it took all the time that the exercise has."
            return Verdict(text, status="timeout")
        return None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        # Here and not before the protocol: pytest sets up and tears down what it expects to.
        if self._instead is not None:
            raise self._instead

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """In place of pytest's own, which formats a traceback: 15 ms that nobody reads."""
        assert call.when != "collect"
        error = call.excinfo.value if call.excinfo else None
        self._phases[call.when] = error
        skipped = isinstance(error, pytest.skip.Exception)
        return pytest.TestReport(
            nodeid=item.nodeid,
            location=item.location,
            keywords={},
            outcome="passed" if error is None else "skipped" if skipped else "failed",
            longrepr=None,
            when=call.when,
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # After other hooks had their say, such as that of the marker xfail.
        if report.when == "call":
            self._explicit_pass = report.outcome == "passed" and not hasattr(report, "wasxfail")

    def _judge(self) -> tuple[Status, str, str, float]:
        """Status, feedback, what may be revealed, and share of the test that has just run."""
        for phase in ("setup", "teardown"):
            error = self._phases.get(phase)
            if error is not None and not isinstance(error, pytest.skip.Exception):
                return self._fault(error)
        error = self._phases.get("call")
        if isinstance(error, AutograderError | ConfinementError):
            raise error
        if isinstance(error, Verdict):
            return error.status, error.feedback, error.revealed, error.share
        if isinstance(error, AssertionError | pytest.fail.Exception):
            return "failed", "The answer does not have this property.", str(error), 0.0
        if error is not None and not isinstance(
            error, pytest.skip.Exception | pytest.xfail.Exception
        ):
            return self._fault(error)
        if self._explicit_pass:
            return "passed", "", "", 1.0
        return "failed", "The test was not carried out, and earns nothing.", "", 0.0

    def _fault(self, error: BaseException) -> tuple[Status, str, str, float]:
        """A fault in the hidden test or the grader; never the student's."""
        frames = [
            f for f in traceback.extract_tb(error.__traceback__) if f.filename in self._exercises
        ]
        where = f", line {frames[-1].lineno}" if frames else ""
        feedback = f"{self._running.id}{where}: {type(error).__name__}"
        return "grader_error", feedback, "".join(traceback.format_exception(error)), 0.0

    # -------------------------------------------------------------- fixtures

    @pytest.fixture
    def student(self) -> Student | Sheet | TritonTask:
        return self._student()

    @pytest.fixture
    def rng(self) -> np.random.Generator:
        return self._rng()

    def _student(self) -> Student | Sheet | TritonTask:
        return self._job.students[self._running.exercise]

    def _rng(self) -> np.random.Generator:
        return np.random.default_rng(_seed_sequence(self._job.seed, self._running.id))


@functools.lru_cache(maxsize=10_000)
def _seed_sequence(seed: int, test_id: str) -> np.random.SeedSequence:
    test = hashlib.blake2b(test_id.encode(), digest_size=8).digest()
    return np.random.SeedSequence([seed, int.from_bytes(test, "little")])
