"""Results made up for tests of what comes after grading; nobody earned these points."""

from __future__ import annotations

from autograder.result import (
    Confinement,
    Environment,
    ExerciseResult,
    KitInfo,
    Result,
    SubmissionInfo,
)

__all__ = ["made_up"]


def made_up(
    *,
    worth: float = 25.0,
    deferred: float = 0.0,
    submitted_at: str | None = None,
    **scores: float | None,
) -> Result:
    """A result with these scores, each out of `worth`; the last one has deferred points too."""
    last = list(scores)[-1]
    exercises = [
        ExerciseResult(
            name=name,
            score=score,
            max_score=worth,
            deferred_score=deferred if name == last else 0.0,
        )
        for name, score in scores.items()
    ]
    known = [s for s in scores.values() if s is not None]
    total = round(sum(known), 6) if len(known) == len(scores) else None
    return Result(
        kit=KitInfo(name="made-up", version="0", sha256="0" * 64),
        submission=SubmissionInfo(id="x", sha256="0" * 64, submitted_at=submitted_at, files=[]),
        graded_at="2026-12-01T10:00:00Z",
        environment=Environment(python="3", numpy="2"),
        confinement=Confinement(landlock=None, seccomp=True, namespaces=[], user="nobody"),
        status="graded" if total is not None else "grader_error",
        score=total,
        max_score=worth * len(scores),
        deferred_score=deferred,
        final_score=total,
        exercises=exercises,
    )
