"""Who the students are: a table that ties a student's results to the identities elsewhere.

Three kinds of table are read: one of your own, the gradebook that Canvas exports, and the
grading worksheet that Moodle offers for download. Columns may stand in any order, and those
that are not known are passed over:

=============== ========================= ==========================
your own        Canvas                    Moodle
=============== ========================= ==========================
student         Folder                    Folder
name            Student                   Full name
email                                     Email address
section         Section
canvas_id       ID
sis_user_id     SIS User ID
sis_login_id    SIS Login ID
moodle_id                                 Identifier
username                                  Username
idnumber                                  ID number
moodle_modified                           Last modified (grade)
repository
commit
submitted_at
=============== ========================= ==========================

``student`` (or ``Folder``) is the name of the student's folder among the results, or that by which
the batch knew the student, where it can be no folder's. Without that column a folder belongs to
the one row that has an identifier equal to the one or the other: after a bulk download these are
Canvas's ID, or the number of Moodle's Identifier. A student's display name ties nothing: students
choose it. ``repository`` is one on GitHub, as OWNER/NAME; ``commit`` and ``submitted_at`` say which
one of its commits was handed in.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from autograder.errors import UsageError
from autograder.exchange.table import Row, Table, read_table
from autograder.result import Result

__all__ = ["Entry", "Person", "Roster", "enter", "read_roster", "remarks"]


@dataclass(frozen=True)
class Person:
    """One row of a roster; what it does not say is empty."""

    student: str = ""
    name: str = ""
    email: str = ""
    section: str = ""
    canvas_id: str = ""
    sis_user_id: str = ""
    sis_login_id: str = ""
    moodle_id: str = ""
    username: str = ""
    idnumber: str = ""
    moodle_modified: str = ""
    repository: str = ""
    commit: str = ""
    submitted_at: str = ""

    @property
    def identifiers(self) -> list[str]:
        """What a folder may be called after."""
        number = "".join(re.findall(r"[0-9]+$", self.moodle_id))
        named = [getattr(self, name) for name in _IDENTIFIERS if name != "student"]
        return [text for text in (*named, number) if text]

    def __str__(self) -> str:
        return self.name or self.student or next(iter(self.identifiers), "?")


@dataclass(frozen=True)
class Roster:
    """All students of a course."""

    path: Path
    columns: tuple[str, ...]
    people: tuple[Person, ...]
    _owners: Mapping[str, Person] = field(repr=False)

    def find(self, student: str) -> Person | None:
        """Whose folder it is, if that is clear."""
        return self._owners.get(_key(student))


_IDENTIFIERS = (
    "student",
    "canvas_id",
    "sis_user_id",
    "sis_login_id",
    "moodle_id",
    "username",
    "idnumber",
    "email",
)
_NAMES = {f.name: f.name for f in fields(Person)} | {
    "folder": "student",
    "full_name": "name",
    "email_address": "email",
    "id_number": "idnumber",
    "identifier": "moodle_id",
    "last_modified_grade": "moodle_modified",
}
_CANVAS = {"Student": "name", "LastName": "last", "FirstName": "first", "ID": "canvas_id"}


def read_roster(path: Path) -> Roster:
    """Read a roster.

    Raises
    ------
    UsageError
        With file, line and student.
    """
    table = read_table(path)
    is_canvas = {"ID", "Section"} <= set(table.columns)
    known = {c: _field(c, is_canvas) for c in table.columns}
    if not set(known.values()) & set(_IDENTIFIERS):
        raise UsageError(
            f"{path} has no column that says which student a row is about; it has "
            f"{', '.join(table.columns)}, and may have {', '.join(_IDENTIFIERS)}"
        )
    people = []
    lines: dict[tuple[str, str], int] = {}
    for row in table.rows:
        said = {name: row.cells[c] for c, name in known.items() if name}
        if is_canvas and not said.get("canvas_id"):
            continue  # what the columns are worth, and how they are posted
        person = _person(table, row, said)
        _check_once(table, row, person, lines)
        people.append(person)
    if not people:
        raise UsageError(f"{path} names no student")
    return Roster(path, table.columns, tuple(people), _owners(people))


def _field(column: str, is_canvas: bool) -> str:
    if is_canvas and column in _CANVAS:
        return _CANVAS[column]
    name = re.sub(r"[^a-z]+", "_", column.lower()).strip("_")
    return "" if is_canvas and name == "student" else _NAMES.get(name, "")


def _person(table: Table, row: Row, said: dict[str, str]) -> Person:
    if "last" in said:
        said["name"] = ", ".join(n for n in (said.pop("last"), said.pop("first", "")) if n)
    if said.get("moodle_id", "").isdecimal():
        said["moodle_id"] = f"Participant {said['moodle_id']}"
    if said.get("moodle_modified") == "-":  # never
        said["moodle_modified"] = ""
    person = Person(**said)
    if not person.student and not person.identifiers:
        raise table.error(row, f"nothing says who {person.name or 'this'} is")
    if person.canvas_id and not re.fullmatch("[0-9]+", person.canvas_id):
        raise table.error(row, f"{person}: Canvas's ID {person.canvas_id!r} is no number")
    if person.moodle_id and not re.fullmatch(".*[0-9]", person.moodle_id):
        raise table.error(
            row, f"{person}: Moodle's identifier {person.moodle_id!r} is not as Participant 123"
        )
    return person


def _check_once(table: Table, row: Row, person: Person, lines: dict[tuple[str, str], int]) -> None:
    for name in _IDENTIFIERS:
        value = getattr(person, name)
        before = lines.setdefault((name, _key(value)), row.line)
        if value and before != row.line:
            raise table.error(row, f"{person}: {name} {value!r} stands in line {before} already")


def _owners(people: Sequence[Person]) -> dict[str, Person]:
    """Who each folder's name stands for; one that could be two people's stands for nobody."""
    found: dict[str, set[Person]] = defaultdict(set)
    has_folders = any(person.student for person in people)
    for person in people:
        for name in [person.student] if has_folders else person.identifiers:
            found[_key(name)].add(person)
    return {name: who.pop() for name, who in found.items() if name and len(who) == 1}


def _key(text: str) -> str:
    # File systems differ in how they write an accent.
    return unicodedata.normalize("NFC", text)


@dataclass(frozen=True)
class Entry:
    """One line of a gradebook: a student with results, one of the roster, or both."""

    student: str
    person: Person | None
    result: Result | None
    settled: bool = False

    @property
    def name(self) -> str:
        """For messages."""
        return self.student or str(self.person)

    @property
    def status(self) -> str:
        """What is there; ``graded`` when there is a grade."""
        if self.result is None:
            return "no submission"
        if self.result.final_score is not None and self.result.deferred_score and not self.settled:
            return "deferred"
        return self.result.status

    @property
    def grade(self) -> float | None:
        """The final score, once nothing can be added to it.

        None without a submission, where the grader failed, and while points are deferred that
        a sum would count as lost.
        """
        if self.result is None or self.status == "deferred":
            return None
        return self.result.final_score


def enter(
    results: Mapping[str, Result], roster: Roster | None, settled: Collection[str] = ()
) -> list[Entry]:
    """Bring results and roster together, in the roster's order, strangers after it.

    Parameters
    ----------
    results
        By student, adjusted.
    roster
        None for results alone.
    settled
        Students whose total was set by a person.

    Raises
    ------
    UsageError
        When two students are the same person.
    """
    if roster is None:
        return [Entry(s, None, results[s], s in settled) for s in sorted(results)]
    owners: dict[Person, str] = {}
    strangers = []
    for student in sorted(results):
        # A folder is not called as its student where file systems would not have it.
        person = roster.find(student) or roster.find(results[student].submission.id)
        if person is None:
            strangers.append(Entry(student, None, results[student], student in settled))
        elif person in owners:
            raise UsageError(
                f"{owners[person]} and {student} are both {person} by {roster.path}; remove one "
                "from the results, or name the right one in a column student"
            )
        else:
            owners[person] = student
    known = [
        Entry(owners[p], p, results[owners[p]], owners[p] in settled)
        if p in owners
        else Entry(p.student, p, None)
        for p in roster.people
    ]
    return known + strangers


def remarks(entries: Sequence[Entry], roster: Roster | None) -> list[str]:
    """What a person should be told: who has no grade, and who is not where one would look."""
    said = [
        (f"not in {roster.path}" if roster else "", [e for e in entries if not e.person]),
        ("no submission, no grade", [e for e in entries if e.status == "no submission"]),
        (
            "no grade, because the grader failed; grade them again",
            [e for e in entries if e.grade is None and e.status == "grader_error"],
        ),
        (
            "no grade yet, because points are deferred; grade them again where PyTorch and "
            "a GPU are, or set their totals",
            [e for e in entries if e.status == "deferred"],
        ),
    ]
    return [f"{what}: {', '.join(e.name for e in who)}" for what, who in said if what and who]
