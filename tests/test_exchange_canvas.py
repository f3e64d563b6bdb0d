"""What is written for Canvas, read back by the rules of Canvas's own importer.

They are those of ``lib/gradebook_importer.rb`` in the public source of instructure/canvas-lms
(``csv_stream``, ``update_column_count``, ``check_for_non_student_row``, ``process_student``,
``parse_assignments``) and ``Assignment.title_and_id``, restated here in a few lines.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.exchange.canvas import canvas_csv
from autograder.exchange.roster import Entry, Person, Roster, enter, read_roster
from tests.made_up import made_up

TITLE = "Onewalk"


@dataclass
class Course:
    """What Canvas knows: students by id with SIS id, login and name, assignments by id."""

    students: dict[int, tuple[str, str, str]]
    assignments: dict[int, str] = field(default_factory=dict)


@dataclass
class Imported:
    assignment: tuple[int | None, str]
    points_possible: str | None = None
    grades: dict[int, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def canvas_import(text: str, course: Course) -> Imported:
    lines = text.splitlines(keepends=True)[:3]
    counts = {}
    for separator in ";,":
        sizes = {len(next(csv.reader([line], delimiter=separator))) for line in lines}
        counts[separator] = sizes.pop() if len(sizes) == 1 else 0
    separator = ";" if counts[";"] > counts[","] else ","
    rows = [
        [_converted(cell) for cell in row]
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        if not re.fullmatch("[;, ]+", separator.join(row))
    ]
    header, *rest = rows
    assert len(header) > 3
    assert "Student" in header[0]
    assert "ID" in header[1]
    columns, sis, login = 3, None, None
    if re.search(r"SIS\s+Login\s+ID", header[2]):
        login, columns = 2, 4
    elif re.search(r"SIS\s+User\s+ID", header[2]) and re.search(r"SIS\s+Login\s+ID", header[3]):
        sis, login, columns = 2, 3, 5
    assert "Section" in header[columns - 1]
    totals = (
        "Current Score|Current Points|Current Grade|Final Score|Final Points|Final Grade|Override"
    )
    (title,) = [c for c in header[columns:] if not re.search(totals, c)]
    match = re.fullmatch(r"(.*)\s\((\d+)\)", title)
    number = int(match[2]) if match and int(match[2]) in course.assignments else None
    if number is None:
        number = next((n for n, t in course.assignments.items() if t == title), None)
    imported = Imported((number, match[1] if match else title))
    for row in rest:
        if row[0] and "Points Possible" in row[0]:
            imported.points_possible = row[header.index(title)]
            continue
        if all(re.fullmatch(r"(?i)\s*(Muted|Manual Posting.*)?\s*", c) for c in row if c):
            continue
        student = _student(row, course, sis, login)
        if student is None:
            imported.unknown.append(row[0] or "")
        else:
            assert student not in imported.grades
            imported.grades[student] = (row[header.index(title)] or "").strip()
    return imported


def _converted(cell: str) -> str:
    """``decimal_comma_to_period``."""
    if re.fullmatch("-?[0-9.,]+%?", cell):
        *whole, last = re.split("[,.]", cell)
        return ".".join(["".join(whole), last]) if whole else last
    return cell


def _student(row: list[str], course: Course, sis: int | None, login: int | None) -> int | None:
    number = re.match(r"\d*", row[1])[0]
    if number and int(number) in course.students:
        return int(number)
    for column, place in ((sis, 0), (login, 1)):
        if column is not None and row[column]:
            for student, known in course.students.items():
                if known[place] == row[column]:
                    return student
    return next((s for s, known in course.students.items() if known[2] == row[0]), None)


COURSE = Course(
    {1001: ("S1", "ada", "Ada Lovelace"), 1002: ("S2", "charles", "Charles Babbage")},
    {77: "Onewalk", 78: "Other"},
)
EXPORTED = """\
Student,ID,SIS User ID,SIS Login ID,Section,Other (78),Onewalk (77)
    Points Possible,,,,,10,100
"Lovelace, Ada",1001,S1,ada,A,,
"Babbage, Charles",1002,S2,charles,A,,
"""


@pytest.fixture
def roster(tmp_path: Path):
    def read(text: str = EXPORTED) -> Roster:
        path = tmp_path / "roster.csv"
        path.write_text(text)
        return read_roster(path)

    return read


def exported(results, people, title=TITLE, settled=()):
    text, remarks = canvas_csv(enter(results, people, settled), people, title)
    return canvas_import(text, COURSE), remarks


def test_grades_arrive(roster):
    results = {
        "1001": made_up(naive=24.5, stable=12.4),
        "1002": made_up(naive=0, stable=0),
    }
    read, remarks = exported(results, roster())
    assert read.assignment == (77, "Onewalk")
    assert read.points_possible == "50"
    assert read.grades == {1001: "36.9", 1002: "0"}
    assert read.unknown == remarks == []


def test_an_assignment_that_the_roster_does_not_name_goes_by_its_title(roster):
    people = roster("student,canvas_id\nada,1001\n")
    read, _ = exported({"ada": made_up(naive=1)}, people)
    assert read.assignment == (77, "Onewalk")
    read, _ = exported({"ada": made_up(naive=1)}, people, "A new one")
    assert read.assignment == (None, "A new one")


@pytest.mark.parametrize("column", ["canvas_id", "sis_user_id", "sis_login_id"])
def test_any_identity_of_canvas_will_do(roster, column):
    known = {"canvas_id": "1002", "sis_user_id": "S2", "sis_login_id": "charles"}
    read, _ = exported({"x": made_up(naive=1)}, roster(f"student,{column}\nx,{known[column]}\n"))
    assert read.grades == {1002: "1"}


NO_GRADE = {
    "no submission": {},
    "a fault of the grader": {"1002": made_up(naive=None)},
    "deferred points": {"1002": made_up(naive=3, deferred=5)},
}


@pytest.mark.parametrize("there", NO_GRADE.values(), ids=NO_GRADE)
def test_no_grade_is_neither_a_zero_nor_empty(roster, there):
    # An empty cell would take away the grade that the student has in Canvas.
    read, _ = exported({"1001": made_up(naive=1), **there}, roster())
    assert read.grades == {1001: "1"}


def test_points_possible_count_what_is_deferred(roster):
    results = {"1001": made_up(naive=3, worth=10, deferred=5)}
    read, _ = exported(results, roster())
    assert (read.points_possible, read.grades) == ("15", {})
    results["1002"] = made_up(naive=3, worth=15)
    read, _ = exported(results, roster(), settled=["1001"])
    assert read.grades == {1001: "3", 1002: "3"}


HOSTILE_NAMES = [
    '=HYPERLINK("http://x.example","y")',
    "Points Possible",
    "    Points \u200b\t Possible",
    "a;b;c;d;e;f;g;h;i;j",
    'a","999","b',
    "a\r\nb,1001,,,,100",
    "Manual Posting",
    "Student",
    "@SUM(A1)",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_changes_what_is_imported(roster, name):
    quoted = name.replace('"', '""')
    people = roster(f'Student,ID,Section,Onewalk (77)\n"{quoted}",1001,A,\n"{quoted}",1002,A,\n')
    results = {"1001": made_up(naive=1), "1002": made_up(naive=2)}
    read, remarks = exported(results, people)
    assert read.grades == {1001: "1", 1002: "2"}
    assert read.points_possible == "25"
    assert read.unknown == remarks == []


@given(st.text())
@example("0,Points Possible")
def test_no_name_at_all_does(name):
    people = (Person(name=name, canvas_id="1001"), Person(name=name, canvas_id="1002"))
    entries = [Entry(p.canvas_id, p, made_up(naive=n)) for n, p in enumerate(people)]
    text, _ = canvas_csv(entries, Roster(Path("r.csv"), (), people, {}), TITLE)
    read = canvas_import(text, COURSE)
    assert (read.grades, read.points_possible) == ({1001: "0", 1002: "1"}, "25")


def test_who_cannot_be_known_is_told(roster):
    people = roster("student,name,sis_login_id\nada,Ada,\nbob,Bob,-bob\ncharles,C,charles\n")
    results = {s: made_up(naive=1) for s in ("ada", "bob", "charles")}
    read, remarks = exported(results, people)
    assert read.grades == {1002: "1"}
    assert read.unknown == ["Bob"]
    assert [r.rpartition(": ")[2] for r in remarks] == ["ada", "bob"]


def test_without_identities_nothing_is_written(roster):
    results = {"ada": made_up(naive=1)}
    for people in (None, roster("student,email\nada,a@b\n")):
        with pytest.raises(UsageError, match="--roster a gradebook exported from there"):
            exported(results, people)


@pytest.mark.parametrize("title", ["Final Score", "My Current Grade", "Override Score"])
def test_a_title_that_canvas_passes_over_is_told(roster, title):
    with pytest.raises(UsageError, match="for one of its totals"):
        exported({"1001": made_up(naive=1)}, roster(), title)
