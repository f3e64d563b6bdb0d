"""One submission of a batch as it travels to whoever grades it, and what comes back.

Both are plain values, so that they can go to another process and to another machine.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from autograder.adjust import adjusted
from autograder.exchange.overrides import Override
from autograder.grading import Grader
from autograder.intake import Submission
from autograder.kit import Rules
from autograder.result import Environment, Result
from autograder.store import bare, documents

__all__ = ["Graded", "Job", "Lost", "Workers", "run_job", "settled"]


@dataclass(frozen=True)
class Job:
    """A submission to be graded.

    Attributes
    ----------
    student
        As the folder of results and the decisions about students name them.
    submitted_at
        When it was handed in, if that is known.
    rules, decisions
        What is taken or given after grading, and what a person decided about this student.
    """

    student: str
    submission: Submission
    seed: int
    rules: Rules
    submitted_at: str | None = None
    decisions: Sequence[Override] = ()


@dataclass(frozen=True)
class Graded:
    """A submission that was graded.

    Attributes
    ----------
    result
        Its document, without the tests.
    files
        All that goes into the student's folder.
    faults
        Tracebacks of the grader's own faults.
    seconds
        How long it took.
    """

    student: str
    result: Result
    files: dict[str, str]
    faults: Sequence[str]
    seconds: float


@dataclass(frozen=True)
class Lost:
    """A submission over which grader processes have ended, and why."""

    job: Job
    reason: str


class Workers(Protocol):
    """Graders somewhere else. Use them with ``with``, which ends them at once."""

    @property
    def environment(self) -> Environment:
        """What they grade with; waits until one of them is there."""

    @property
    def room(self) -> int:
        """How many more jobs they want to have."""

    @property
    def busy(self) -> int:
        """How many jobs they have."""

    def submit(self, job: Job) -> None:
        """Have a submission graded; does not wait."""

    def wait(self) -> Graded | Lost:
        """The next that is done with.

        Raises
        ------
        AutograderError
            When there is no use in going on.
        """


def run_job(grader: Grader, job: Job) -> Graded:
    """Grade a submission and write its reports."""
    began = time.perf_counter()
    result = grader.grade(job.submission, job.seed)
    faults, grader.faults = grader.faults, []
    whole = settled(result, job.student, job.submitted_at, job.rules, job.decisions)
    files = documents(whole)
    return Graded(job.student, bare(whole), files, faults, time.perf_counter() - began)


def settled(
    result: Result,
    student: str,
    submitted_at: str | None,
    rules: Rules,
    decisions: Sequence[Override],
) -> Result:
    """The document as it counts: with the time it was handed in, and with adjustments."""
    about = result.submission.model_copy(update={"submitted_at": submitted_at})
    timed = result.model_copy(update={"submission": about})
    return adjusted(timed, student, rules, {student: decisions})
