"""What Canvas's gradebook imports.

By its source, ``lib/gradebook_importer.rb`` of instructure/canvas-lms: the header begins with
``Student,ID``, then ``SIS User ID,SIS Login ID,Section``; each further column is an assignment,
found by the id in brackets after its title, else by its title, else made. A row whose first
cell holds ``Points Possible`` says what the assignments are worth, and a column in it that is
``read only`` is passed over. Students are found by ID, SIS User ID, SIS Login ID, and at last
by name. An empty cell takes away the grade that a student has; so whoever has no grade here is
left out of the file, and told by name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.errors import UsageError
from autograder.exchange.roster import Entry, Roster
from autograder.exchange.table import safe, to_csv

__all__ = ["canvas_csv"]

_HEADER = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
# A column with one of these anywhere in its title is none of an assignment, and is passed over.
_TOTALS = re.compile("(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)")


def canvas_csv(
    entries: Sequence[Entry], roster: Roster | None, title: str
) -> tuple[str, list[str]]:
    """Write a gradebook with one assignment.

    Parameters
    ----------
    title
        The assignment's in Canvas; a roster exported from there says its id as well.

    Returns
    -------
    text
    remarks
        Who is not in it, and why.

    Raises
    ------
    UsageError
        When the roster has nothing that Canvas knows students by.
    """
    identified = [e for e in entries if _identity(e)]
    if roster is None or not identified:
        raise UsageError(
            "Canvas needs to know who is who: give --roster a gradebook exported from there, or "
            "a table with the columns student, name, and canvas_id, sis_user_id or sis_login_id"
        )
    if _TOTALS.search(title):
        raise UsageError(f"Canvas takes a column {title!r} for one of its totals; rename the kit")
    worth = max(
        (e.result.max_score + e.result.deferred_score for e in entries if e.result), default=0.0
    )
    rows: list[list[str | float | None]] = [
        [*_HEADER, _column(title, roster)],
        ["Points Possible", None, None, None, None, worth],
    ]
    for entry in identified:
        if entry.person and entry.grade is not None:
            # No student can be called what the line above begins with.
            name = safe(entry.person.name).replace("Points Possible", "Points possible")
            rows.append([name, *_identity(entry), entry.person.section, entry.grade])
    return to_csv(rows), _remarks(entries, identified)


def _identity(entry: Entry) -> tuple[str, ...]:
    person = entry.person
    found = (person.canvas_id, person.sis_user_id, person.sis_login_id) if person else ()
    return found if any(found) else ()


def _column(title: str, roster: Roster) -> str:
    """The assignment's title with its id, if a gradebook from Canvas names it."""
    pattern = re.compile(re.escape(title) + r" \([0-9]+\)")
    return next((c for c in roster.columns if pattern.fullmatch(c)), title)


def _remarks(entries: Sequence[Entry], identified: Sequence[Entry]) -> list[str]:
    unknown = [e.name for e in entries if e.person and e not in identified]
    changed = [e.name for e in identified if any(safe(i) != i for i in _identity(e))]
    said = []
    if unknown:
        said.append(f"left out, nothing that Canvas knows them by: {', '.join(unknown)}")
    if changed:
        said.append(
            "an identifier begins like a formula and was written with a ' before it, by which "
            f"Canvas will not know them: {', '.join(changed)}"
        )
    return said
