"""``grades.csv``: everyone, and what their grade is made of, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograder.exchange.roster import Entry
from autograder.exchange.table import to_csv

__all__ = ["grades_csv"]


def grades_csv(entries: Sequence[Entry]) -> str:
    """Write one line for each student.

    ``final_score`` is out of ``max_score``, which leaves out what is deferred; ``status`` says
    whether anything is. It is empty where the grader failed.
    """
    return to_csv(_rows(entries), mark=True)


def _rows(entries: Sequence[Entry]) -> Iterator[list[str | float | None]]:
    known = any(entry.person for entry in entries)
    identity = ["name", "email", "section"] if known else []
    # In the order of the document; not every document need have them all.
    exercises = list(dict.fromkeys(x.name for e in entries if e.result for x in e.result.exercises))
    yield [
        "student",
        *identity,
        "status",
        "score",
        "max_score",
        "deferred_score",
        "adjustments",
        "final_score",
        "reasons",
        *exercises,
    ]
    for entry in entries:
        row: list[str | float | None] = [entry.student]
        row += [getattr(entry.person, name, None) for name in identity]
        row.append(entry.status)
        result = entry.result
        if result is None:
            row += [None] * (6 + len(exercises))
        else:
            scores = {e.name: e.score for e in result.exercises}
            row += [
                result.score,
                result.max_score,
                result.deferred_score,
                sum(a.points for a in result.adjustments),
                result.final_score,
                "; ".join(a.reason for a in result.adjustments),
                *(scores.get(name) for name in exercises),
            ]
        yield row
