"""One submission -> its Result."""

from __future__ import annotations

import gc
import platform
import secrets
import traceback
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from autograder.diagnose import Diagnoser, Examinee
from autograder.intake import Submission
from autograder.kit import Exercise, Kit
from autograder.mistakes import Mistake, own_submission
from autograder.parsing import without_outputs
from autograder.plugin import Outcome, Suite
from autograder.process import Clock, Work
from autograder.reading import Reader, unconfined
from autograder.result import (
    Diagnosis,
    Environment,
    ExerciseResult,
    Finding,
    KitInfo,
    Result,
    SubmissionInfo,
    TestResult,
)
from autograder.sandbox.confine import Limits
from autograder.sandbox.kernel import ConfinementError, give_memory_back
from autograder.sandbox.loader import StudentCode
from autograder.sandbox.servers import Servers
from autograder.sheet import Sheet
from autograder.student import Student
from autograder.triton_tasks.cards import cards
from autograder.triton_tasks.task import TritonTask

__all__ = ["SEED_BITS", "Grader", "fresh_seed"]

SEED_BITS = 48
"""Seeds survive being read as a JSON number by any program."""


def fresh_seed() -> int:
    """A seed that nobody can foresee."""
    return secrets.randbits(SEED_BITS)


class Grader:
    """Grades submission after submission with one assignment. Use it with ``with``.

    Parameters
    ----------
    kit
        The assignment.
    only
        Names of the exercises to grade; all when empty.
    unconfined
        Go on where this machine cannot confine student code well enough.
    without
        Protections to leave out; see ``sandbox.confine.Confinement``.
    servers
        Fork servers that other graders use as well, one after the other; its own if None.

    Attributes
    ----------
    faults
        Tracebacks of the grader's own faults so far: for the instructor, not for reports.

    Raises
    ------
    KitError, UnconfinedError
        On entering.
    """

    def __init__(
        self,
        kit: Kit,
        only: Sequence[str] = (),
        unconfined: bool = False,
        without: Collection[str] = (),
        servers: Servers | None = None,
    ) -> None:
        self._kit = kit
        self._exercises = kit.chosen(only)
        self._unconfined = unconfined
        self._without = without
        self._shared = servers
        self._stack = ExitStack()
        self.faults: list[str] = []

    def __enter__(self) -> Grader:
        with ExitStack() as stack:
            # The server starts up while the tests are collected.
            self._servers = self._shared or stack.enter_context(Servers(self._without))
            self._server = self._servers["numpy"]
            files = {e.name: e.hidden_test for e in self._exercises}
            self._suite = stack.enter_context(
                Suite(files, self._kit.tolerances, self._kit.config.kit.cards)
            )
            self._diagnoser = Diagnoser(self._own, self._judge, self._kit.tolerances)
            self._reader = Reader(self._kit, self._server, self._unconfined)
            self._cards = cards() if any(e.is_gpu_task for e in self._exercises) else []
            # What is here now stays: looking through all of it for garbage takes 9 ms, and
            # would be done again and again.
            gc.freeze()
            stack.callback(gc.unfreeze)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def tests(self) -> Sequence[Outcome]:
        """The hidden tests as collected."""
        return self._suite.tests

    def read(self, path: Path) -> Submission:
        """Read what was handed in; see ``reading.Reader``."""
        return self._reader.read(path)

    def grade(self, submission: Submission, seed: int) -> Result:
        """Run the hidden tests on one submission.

        Parameters
        ----------
        submission
            As ``read`` gives it.
        seed
            Of the hidden inputs: the same submission, kit and seed give the same result.
        """
        students, outcomes = self._run(submission, seed)
        exercises = [
            self._exercise_result(e, students[e.name], outcomes, seed) for e in self._exercises
        ]
        findings = [*self._reader.warnings, *submission.findings]
        findings += [
            Finding(severity="info", text=f"Notebook, {note}.")
            for note in _agreed([s.notes for s in students.values() if s.notes is not None])
        ]
        findings += [
            Finding(
                severity="error", exercise=o.exercise, text=f"A fault of the grader: {o.feedback}."
            )
            for o in outcomes
            if o.status == "grader_error"
        ]
        self.faults += [o.revealed for o in outcomes if o.status == "grader_error"]
        failed = any(e.score is None for e in exercises)
        score = None if failed else _round(sum(e.score or 0.0 for e in exercises))
        kit = self._kit.config.kit
        return Result(
            kit=KitInfo(name=kit.name, version=kit.version, sha256=self._kit.sha256),
            submission=SubmissionInfo(
                id=submission.id, sha256=submission.sha256, files=submission.files
            ),
            seed=seed,
            graded_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            environment=self.environment,
            confinement=self._reader.confinement,
            status="grader_error" if failed else "rejected" if submission.rejected else "graded",
            score=score,
            max_score=_round(sum(e.max_score for e in exercises)),
            deferred_score=_round(sum(e.deferred_score for e in exercises)),
            final_score=score,
            exercises=exercises,
            findings=findings,
        )

    def prove(
        self, exercise: Exercise, mistakes: Sequence[Mistake], seed: int
    ) -> Iterator[tuple[Mistake, Outcome | None, list[Diagnosis]]]:
        """Grade known mistakes of an exercise, only as far as it takes to name them.

        Yields
        ------
        Each of them, the first hidden test that costs it points, if any does, and its diagnosis.
        What is named by some of the answers is named by all of them, which only rule out more.
        """
        runs = [
            (mistake, *self._run_mistake(exercise, mistake, seed, True)) for mistake in mistakes
        ]
        with self._diagnoser.known(exercise):
            for mistake, student, outcomes in runs:
                named = self._diagnose(exercise, student, outcomes, seed)
                lost = next((outcome for outcome in outcomes if outcome.has_lost), None)
                if lost and not named:
                    run = self._run_mistake(exercise, mistake, seed, until_lost=False)
                    named = self._diagnose(exercise, *run, seed)
                yield mistake, lost, named

    def _run_mistake(
        self, exercise: Exercise, mistake: Mistake, seed: int, until_lost: bool
    ) -> tuple[Examinee, list[Outcome]]:
        files = self._with_references(exercise, mistake.sources[0])
        students, outcomes = self._run(files, seed, until_lost)
        student = students[exercise.name]
        outcomes = [outcome for outcome in outcomes if outcome.exercise == exercise.name]
        self._diagnoser.learn(exercise, mistake, student.record, outcomes, seed)
        return student, outcomes

    def _run(
        self, submission: Submission, seed: int, until_lost: bool = False
    ) -> tuple[dict[str, Examinee], list[Outcome]]:
        """Run the hidden tests: what they held of each exercise, and how they ended."""
        students: dict[str, Examinee] = {}
        try:
            code = without_outputs(submission.code, self._server)
            students = {e.name: self._student(e, submission, code) for e in self._exercises}
            return students, self._suite.run(students, seed, until_lost)
        except ConfinementError as error:
            raise unconfined(error) from None
        finally:
            for student in students.values():
                student.close()
            give_memory_back()

    def _student(self, exercise: Exercise, submission: Submission, code: StudentCode) -> Examinee:
        clock = Clock(exercise.limits.seconds)
        memory = int(exercise.limits.memory_mb * (1 << 20))
        limits = Limits(memory, exercise.limits.cpu_seconds)
        unreadable = submission.unreadable.get(exercise.name)
        if exercise.is_sheet:
            sheet = submission.sheets.get(exercise.name)
            return Sheet(exercise.name, sheet, self._server, clock, limits, unreadable)
        work = Work(
            name=exercise.name,
            path=exercise.path,
            functions=exercise.functions,
            signatures=exercise.signatures,
            code=code,
            server=self._server,
            clock=clock,
            limits=limits,
            unreadable=unreadable,
        )
        if exercise.is_gpu_task:
            thresholds, baselines = exercise.thresholds, exercise.baselines
            parts = (exercise.parameters, thresholds, self._cards, baselines)
            return TritonTask(work, self._servers, *parts)
        return Student(work)

    def _exercise_result(
        self, exercise: Exercise, student: Examinee, outcomes: Sequence[Outcome], seed: int
    ) -> ExerciseResult:
        outcomes = [outcome for outcome in outcomes if outcome.exercise == exercise.name]
        diagnosis = self._diagnose(exercise, student, outcomes, seed)
        return _exercise_result(exercise, outcomes, student, diagnosis)

    # -------------------------------------------------------------- diagnosis

    def _diagnose(
        self, exercise: Exercise, student: Examinee, outcomes: Sequence[Outcome], seed: int
    ) -> list[Diagnosis]:
        try:
            return self._diagnoser.diagnose(exercise, student.record, outcomes, seed)
        except ConfinementError as error:
            raise unconfined(error) from None
        except Exception:
            # The points are known: a fault in naming the mistake costs the name and no more.
            self.faults.append(traceback.format_exc())
            return []

    def _own(self, exercise: Exercise, source: str) -> Examinee:
        submission = self._with_references(exercise, source)
        return self._student(exercise, submission, submission.code)

    def _with_references(self, exercise: Exercise, source: str) -> Submission:
        """The references, with this in the place of that of an exercise."""
        files = {e.name: e.reference for e in self._kit.exercises.values()}
        return own_submission(self._kit, "mistake", {**files, exercise.name: source})

    def _judge(
        self, exercise: Exercise, student: Examinee, seed: int, tests: Collection[str]
    ) -> list[Outcome]:
        return self._suite.run({exercise.name: student}, seed, only=tests)

    @property
    def environment(self) -> Environment:
        """What gradings run with."""
        known: dict[str, str | None] = {"torch": None, "triton": None}
        if any(e.is_gpu_task for e in self._exercises):
            for package in known:
                with suppress(PackageNotFoundError):
                    known[package] = version(package)
            known["card"] = ", ".join(sorted({card.name for card in self._cards})) or None
        return Environment(python=platform.python_version(), numpy=np.__version__, **known)


def _agreed(notes: Sequence[Sequence[str]]) -> list[str]:
    """What all that loaded a notebook say of it: each has packages that the others lack."""
    first, *others = notes or ([],)
    return [note for note in dict.fromkeys(first) if all(note in other for other in others)]


def _exercise_result(
    exercise: Exercise,
    outcomes: Sequence[Outcome],
    student: Examinee,
    diagnosis: list[Diagnosis],
) -> ExerciseResult:
    total = sum(o.weight for o in outcomes)
    full = exercise.config.reveal == "full"
    tests = [_test_result(o, exercise.points * o.weight / total, full) for o in outcomes]
    earned = sum(o.weight * o.share for o in outcomes)
    deferred = sum(o.weight for o in outcomes if o.status == "deferred")
    failed = any(o.status == "grader_error" for o in outcomes)
    return ExerciseResult(
        name=exercise.name,
        score=None if failed else _round(exercise.points * earned / total),
        max_score=_round(exercise.points * (total - deferred) / total),
        deferred_score=_round(exercise.points * deferred / total),
        diagnosis=diagnosis,
        measurements=student.measurements,
        nickname=student.nickname if isinstance(student, TritonTask) else None,
        tests=tests,
    )


def _test_result(outcome: Outcome, points: float, full: bool) -> TestResult:
    score: dict[str, Any] = {"score": _round(points * outcome.share)}
    feedback = outcome.feedback
    if outcome.status == "grader_error":
        score, feedback = {"score": None}, "The grader itself failed here; this is not your doing."
    elif full and outcome.revealed:
        # Lone surrogates, as a student can print, have no place in a file.
        feedback = f"{feedback} {outcome.revealed}".encode("utf-8", "replace").decode()
    return TestResult(
        id=outcome.id,
        title=outcome.title,
        status=outcome.status,
        max_score=_round(points),
        feedback=feedback,
        hint="" if outcome.status == "passed" else outcome.hint,
        duration_s=round(outcome.seconds, 6),
        **score,
    )


def _round(points: float) -> float:
    return round(points, 6)
