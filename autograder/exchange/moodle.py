"""What Moodle imports: an assignment's grading worksheet, or grades by any column.

By its source (``mod/assign/feedback/offline`` and ``grade/import/csv`` of moodle/moodle): the
worksheet needs the columns ``Identifier`` (``Participant 123``), ``Grade`` and ``Last modified
(grade)``; a row whose identifier is unknown, whose grade is above the assignment's or was
changed in Moodle later than the worksheet says is passed over without a word. The import of the
gradebook takes any columns, of which a person says what they are: username, ID number or email
address, and the grade; one unknown student, or one grade above the largest allowed, fails the
whole import, and an empty cell takes away the grade that a student has. So whoever has no grade
here is left out of the file, and told by name. The feedback that Moodle holds is not touched.

Moodle looks for the columns by their names in the language of whoever imports: English here.
"""

from __future__ import annotations

from collections.abc import Sequence

from autograder.errors import UsageError
from autograder.exchange.roster import Entry, Person, Roster
from autograder.exchange.table import safe, to_csv

__all__ = ["moodle_csv"]

_IDENTITIES = {
    "moodle_id": "Identifier",
    "username": "Username",
    "idnumber": "ID number",
    "email": "Email address",
}


def moodle_csv(entries: Sequence[Entry], roster: Roster | None) -> tuple[str, list[str]]:
    """Write a worksheet.

    Returns
    -------
    text
    remarks
        Who is not in it, or will not be taken from it, and why.

    Raises
    ------
    UsageError
        When the roster has nothing that Moodle knows students by.
    """
    people = [e.person for e in entries if e.person]
    there = [name for name in _IDENTITIES if any(getattr(p, name) for p in people)]
    if roster is None or not there:
        raise UsageError(
            "Moodle needs to know who is who: give --roster the grading worksheet downloaded "
            "from the assignment, or a table with the columns student, name, and moodle_id, "
            "username, idnumber or email"
        )
    worth = max(
        (e.result.max_score + e.result.deferred_score for e in entries if e.result), default=0.0
    )
    is_worksheet = "moodle_id" in there
    rows: list[list[str | float | None]] = [
        [
            *(_IDENTITIES[name] for name in there),
            "Full name",
            "Grade",
            "Maximum grade",
            *(["Last modified (grade)"] if is_worksheet else []),
        ]
    ]
    graded = [(e, e.person, e.grade) for e in entries if e.person and e.grade is not None]
    for _, person, grade in graded:
        if _known_by(person, there):
            row: list[str | float | None] = [getattr(person, name) for name in there]
            # PHP takes what follows a backslash in quotes as it is, a closing quote too.
            row += [person.name.replace("\\", "/"), grade, worth]
            rows.append([*row, person.moodle_modified] if is_worksheet else row)
    said = {
        "left out, nothing that Moodle knows them by": [
            e for e, p, _ in graded if not _known_by(p, there)
        ],
        "no Identifier, so the import of a worksheet passes them over": [
            e for e, p, _ in graded if is_worksheet and not p.moodle_id
        ],
        f"more than {worth:g} points, which Moodle does not take": [
            e for e, _, grade in graded if grade > worth
        ],
        "an identifier begins like a formula and was written with a ' before it, by which Moodle "
        "will not know them": [
            e for e, p, _ in graded if any(safe(i) != i for i in _ids(p, there))
        ],
    }
    return to_csv(rows), [
        f"{w}: {', '.join(e.name for e in who)}" for w, who in said.items() if who
    ]


def _ids(person: Person, there: Sequence[str]) -> list[str]:
    return [getattr(person, name) for name in there]


def _known_by(person: Person, there: Sequence[str]) -> bool:
    return any(_ids(person, there))
