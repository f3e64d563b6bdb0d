"""``RESULTS/overrides.csv``: what a person decided, whatever the grader says.

::

    student,exercise,points,reason,by,date
    s001,stable,9.5,the second test could be read in two ways,A. Lovelace,2026-12-01
    s002,total,60,agreed after an oral exam,A. Lovelace,2026-12-02

``exercise`` is its name, or ``total``. The points take the place of what the grader gave; with
a column ``kind`` that says ``add`` they are added to it, or taken from it. No grading writes
this file, so what it says survives all of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from autograder.exchange.table import Row, Table, read_table

__all__ = ["OVERRIDES", "Override", "Overrides", "read_overrides"]

OVERRIDES = "overrides.csv"
_COLUMNS = ("student", "exercise", "points", "reason", "by", "date")


@dataclass(frozen=True)
class Override:
    """One decision about one student.

    Attributes
    ----------
    exercise
        What it is about; None for the total.
    kind
        Whether `points` take the place of what the grader gave, or are added to it.
    by, date
        Who decided, and when, as they wrote it.
    """

    student: str
    exercise: str | None
    kind: Literal["set", "add"]
    points: float
    reason: str
    by: str
    date: str


Overrides = Mapping[str, Sequence[Override]]
"""By student, in the order of the file."""


def read_overrides(path: Path) -> Overrides:
    """Read the decisions; none where there is no such file.

    Raises
    ------
    UsageError
        With file, line, and what would be right: a decision must not get lost.
    """
    if not path.exists():
        return {}
    table = read_table(path)
    missing = [c for c in _COLUMNS if c not in table.columns]
    if missing:
        raise table.error(
            Row(1, {}), f"no column {', '.join(missing)}; there must be {', '.join(_COLUMNS)}"
        )
    found: dict[str, list[Override]] = defaultdict(list)
    lines: dict[tuple[str, str | None], int] = {}
    for row in table.rows:
        decision = _decision(table, row)
        if decision.kind == "set":
            before = lines.setdefault((decision.student, decision.exercise), row.line)
            if before != row.line:
                raise table.error(
                    row,
                    f"{row.cells['exercise']} of {decision.student} is set in line {before} "
                    "already; keep one of the two",
                )
        found[decision.student].append(decision)
    return dict(found)


def _decision(table: Table, row: Row) -> Override:
    said = row.cells
    for column in _COLUMNS:
        if not said[column]:
            right = "; for the total, write total" if column == "exercise" else ""
            raise table.error(row, f"{said['student'] or 'a row'} has no {column}{right}")
    kind = said.get("kind") or "set"
    number = said["points"]
    pattern = "[0-9]+([.,][0-9]+)?" if kind == "set" else "[+-]?[0-9]+([.,][0-9]+)?"
    if kind not in ("set", "add"):
        raise table.error(row, f"kind {kind!r} is neither set nor add")
    if not re.fullmatch(pattern, number):
        right = (
            "no points" if kind == "add" else "no points to set it to; to change it, use kind add"
        )
        raise table.error(row, f"{number!r} is {right}")
    return Override(
        student=said["student"],
        exercise=None if said["exercise"] == "total" else said["exercise"],
        kind="add" if kind == "add" else "set",
        points=float(number.replace(",", ".")),
        reason=said["reason"],
        by=said["by"],
        date=said["date"],
    )
