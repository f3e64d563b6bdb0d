"""What is written for Moodle, read back by the rules of Moodle's two importers.

They are those of the public source of moodle/moodle, restated here in a few lines:
``lib/csvlib.class.php`` (read by PHP's ``fgetcsv``, for which a backslash in quotes makes the
quote after it an ordinary character), ``mod/assign/feedback/offline/importgradeslib.php`` with
``locallib.php`` (a worksheet), and ``grade/import/csv/classes/load_data.php`` (the gradebook).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.errors import UsageError
from autograder.exchange.moodle import moodle_csv
from autograder.exchange.roster import Entry, Person, Roster, enter, read_roster
from tests.made_up import made_up


def fgetcsv(text: str) -> list[list[str]]:
    """As PHP reads it."""
    rows, row, cell, quoted, i = [], [], "", False, 0
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip() + "\n"
    while i < len(text):
        char, after = text[i], text[i + 1 : i + 2]
        if quoted and char == "\\" and after:
            cell += char + after
            i += 1
        elif quoted and char == '"' and after == '"':
            cell += '"'
            i += 1
        elif char == '"' and (quoted or not cell):
            quoted = not quoted
        elif char in ",\n" and not quoted:
            row.append(cell)
            cell = ""
            if char == "\n":
                rows.append(row)
                row = []
        else:
            cell += char
        i += 1
    assert not quoted, "a quote that does not end"
    return rows


def read_csv(text: str) -> tuple[list[str], list[list[str]]]:
    header, *rows = fgetcsv(text.removeprefix("\ufeff"))
    assert all(len(row) == len(header) for row in rows), "csvweirdcolumns: the import fails"
    return header, rows


def worksheet_import(text: str, participants: dict[int, str], most: float) -> dict[str, float]:
    """Grades by user, of those whom the upload of a worksheet changes."""
    header, rows = read_csv(text)
    identifier, grade = header.index("Identifier"), header.index("Grade")
    assert "Last modified (grade)" in header
    changed = {}
    for row in rows:
        number = row[identifier][len("Participant ") :]
        if not number.isdecimal() or int(number) not in participants or row[grade] == "":
            continue
        value = float(row[grade])
        if 0 <= value <= most:
            changed[participants[int(number)]] = value
    return changed


def gradebook_import(text: str, column: str, known: dict[str, str]) -> dict[str, float | None]:
    """Grades by user; AssertionError where Moodle gives up the whole import."""
    header, rows = read_csv(text)
    found = {}
    for row in rows:
        assert row[header.index(column)] in known, "usermappingerror: the import fails"
        value = row[header.index("Grade")]
        assert value in ("", "-") or float(value) <= 100, "gradevaluetoobig: the import fails"
        found[known[row[header.index(column)]]] = None if value in ("", "-") else float(value)
    return found


PARTICIPANTS = {501: "ada", 502: "charles"}
WORKSHEET = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Last modified (grade)"
"Participant 501","Ada Lovelace",ada@u.org,Late,-,100.00,-
"Participant 502","C. Babbage",charles@u.org,Late,50.00,100.00,"Friday, 27 November 2026, 11:44 AM"
"""
EMAILS = {"ada@u.org": "ada", "charles@u.org": "charles"}


@pytest.fixture
def roster(tmp_path: Path):
    def read(text: str = WORKSHEET) -> Roster:
        path = tmp_path / "roster.csv"
        path.write_text(text)
        return read_roster(path)

    return read


def exported(results, people):
    return moodle_csv(enter(results, people), people)


def test_grades_arrive(roster):
    results = {
        "501": made_up(naive=24.5, stable=12.4),
        "502": made_up(naive=0, stable=0),
    }
    text, remarks = exported(results, roster())
    assert worksheet_import(text, PARTICIPANTS, 50) == {"ada": 36.9, "charles": 0}
    assert gradebook_import(text, "Email address", EMAILS) == {"ada": 36.9, "charles": 0}
    assert remarks == []


def test_the_time_of_the_last_change_is_kept(roster):
    # Moodle compares it, so that a grade changed there in the meantime is not lost.
    header, rows = read_csv(
        exported({"502": made_up(naive=1), "501": made_up(naive=1)}, roster())[0]
    )
    assert [row[header.index("Last modified (grade)")] for row in rows] == [
        "",
        "Friday, 27 November 2026, 11:44 AM",
    ]


@pytest.mark.parametrize(
    ("column", "title", "value"),
    [
        ("username", "Username", "al"),
        ("idnumber", "ID number", "0815"),
        ("email", "Email address", "a@b.c"),
    ],
)
def test_any_identity_of_moodle_will_do(roster, column, title, value):
    text, _ = exported({"x": made_up(naive=1)}, roster(f"student,{column}\nx,{value}\n"))
    assert gradebook_import(text, title, {value: "ada"}) == {"ada": 1}


NO_GRADE = {
    "no submission": {},
    "a fault of the grader": {"502": made_up(naive=None)},
    "deferred points": {"502": made_up(naive=3, deferred=5)},
}


@pytest.mark.parametrize("there", NO_GRADE.values(), ids=NO_GRADE)
def test_no_grade_is_neither_a_zero_nor_empty(roster, there):
    text, _ = exported({"501": made_up(naive=1), **there}, roster())
    assert worksheet_import(text, PARTICIPANTS, 50) == {"ada": 1}
    assert gradebook_import(text, "Email address", EMAILS) == {"ada": 1}


HOSTILE_NAMES = [
    '=HYPERLINK("http://x.example","y")',
    "Lovelace, Ada\\",
    '\\",\\"',
    "a\r\nParticipant 501,b",
    'a","999","b',
    "@SUM(A1);=1",
]


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_no_name_changes_what_is_imported(roster, name):
    quoted = name.replace('"', '""')
    people = roster(
        f'Identifier,Full name,Email address\nParticipant 501,"{quoted}",ada@u.org\n'
        f'Participant 502,"{quoted}",charles@u.org\n'
    )
    text, _ = exported({"501": made_up(naive=1), "502": made_up(naive=2)}, people)
    assert worksheet_import(text, PARTICIPANTS, 50) == {"ada": 1, "charles": 2}
    assert gradebook_import(text, "Email address", EMAILS) == {"ada": 1, "charles": 2}


@given(st.text())
@example('\\","')
def test_no_name_at_all_does(name):
    people = [Person(name=name, moodle_id=f"Participant {n}") for n in PARTICIPANTS]
    entries = [Entry(p.moodle_id, p, made_up(naive=n)) for n, p in enumerate(people)]
    text, _ = moodle_csv(entries, Roster(Path("r.csv"), (), tuple(people), {}))
    assert worksheet_import(text, PARTICIPANTS, 50) == {"ada": 0, "charles": 1}


def test_what_moodle_would_pass_over_is_told(roster):
    people = roster(
        "student,moodle_id,email\nada,501,\nbob,,bob@u.org\neve,502,\nzeus,,\nmax,503,-m@u.org\n"
    )
    results = {s: made_up(naive=1, worth=5) for s in ("ada", "bob", "zeus", "max")}
    results["eve"] = made_up(naive=5, worth=5).model_copy(update={"final_score": 7.0})
    text, remarks = exported(results, people)
    assert worksheet_import(text, PARTICIPANTS, 5) == {"ada": 1}
    said = {r.partition(":")[0]: r.rpartition(": ")[2] for r in remarks}
    assert said["left out, nothing that Moodle knows them by"] == "zeus"
    assert "bob" in said["no Identifier, so the import of a worksheet passes them over"]
    assert said["more than 5 points, which Moodle does not take"] == "eve"
    assert any(who == "max" for who in said.values())


def test_without_identities_nothing_is_written(roster):
    results = {"ada": made_up(naive=1)}
    for people in (None, roster("student,canvas_id\nada,1\n")):
        with pytest.raises(UsageError, match="--roster the grading worksheet"):
            exported(results, people)
