"""An exercise of one's own work, tried: its public examples run, or its answers counted."""

from __future__ import annotations

from autograder.examples import Child, Tried, try_exercise, try_sheet
from autograder.intake import Submission
from autograder.kit import Exercise

__all__ = ["attempt"]


def attempt(exercise: Exercise, submission: Submission, child: Child | None = None) -> Tried:
    """Try one exercise.

    Parameters
    ----------
    exercise
        Its stub holds the examples.
    submission
        The student's work.
    child
        The process to use, started for exercises of this kind; else one of its own.
    """
    name = exercise.name
    if name not in submission.sheets and name not in submission.code.modules:
        return Tried(problem=submission.unreadable.get(name) or f"There is no {exercise.path}.")
    try:
        stub = exercise.stub.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:  # it may be what the student works on
        return Tried(problem=f"{exercise.stub}, which holds the examples, cannot be read: {error}")
    if exercise.is_sheet:
        return try_sheet(stub, submission.sheets[name].text)
    return try_exercise(
        name,
        stub,
        list(submission.code.sources),
        dict(submission.code.modules),
        exercise.limits.seconds,
        in_triton=exercise.is_gpu_task,
        child=child,
    )
