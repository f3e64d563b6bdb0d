"""What an exercise has lost, and why, in a few lines of text: comments in other systems."""

from __future__ import annotations

from autograder.report.view import Exercise

__all__ = ["brief"]


def brief(exercise: Exercise) -> list[str]:
    """Its points, then each test that there is something to say about."""
    lines = [f"{exercise.name}: {exercise.points}"]
    for outcome in exercise.outcomes:
        if outcome.is_quiet:
            continue
        lines.append(f"  {outcome.status.label:<9} {outcome.heading} ({outcome.points})")
        said = outcome.feedback.splitlines()
        said += [f"Hint: {outcome.hint}"] if outcome.hint else []
        lines += [f"            {line}" for line in said]
    return [*lines, *(f"  Looks like: {sentence}" for sentence in exercise.diagnosis)]
