"""Who is who, what a person decided, and what is on disk: nobody gets lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.errors import UsageError
from autograder.exchange.overrides import Override, read_overrides
from autograder.exchange.results import read_results
from autograder.exchange.roster import Person, enter, read_roster, remarks
from autograder.store import Store
from tests.made_up import made_up

CANVAS = """\
Student,ID,SIS User ID,SIS Login ID,Section,Onewalk (77),Final Score
,,,,,Manual Posting,
    Points Possible,,,,,100,(read only)
"Lovelace, Ada",1001,S1,ada@u.org,A,,
"Babbage, Charles",1002,S2,charles,A,50,50
"""
MOODLE = """\
Identifier,"Full name","Email address",Status,Grade,"Maximum grade","Last modified (grade)"
"Participant 501","Ada Lovelace",ada@u.org,"Submitted for grading",-,100.00,-
"Participant 502","C. Babbage",charles@u.org,Late,50.00,100.00,"Friday, 27 November 2026, 11:44 AM"
"""
OWN = """\
student;Name;E-mail;email;SIS User ID;moodle_id
ada;Ada Lovelace;x;ada@u.org;S1;501
charles;Charles Babbage;x;charles@u.org;S2;502
"""


@pytest.fixture
def roster(tmp_path: Path):
    def read(text: str):
        path = tmp_path / "roster.csv"
        path.write_text(text)
        return read_roster(path)

    return read


def test_a_table_of_ones_own(roster):
    people = roster(OWN).people
    assert people[0] == Person(
        student="ada",
        name="Ada Lovelace",
        email="ada@u.org",
        sis_user_id="S1",
        moodle_id="Participant 501",
    )
    assert [p.student for p in people] == ["ada", "charles"]


def test_the_gradebook_of_canvas(roster):
    read = roster(CANVAS)
    assert read.people[0] == Person(
        name="Lovelace, Ada",
        canvas_id="1001",
        sis_user_id="S1",
        sis_login_id="ada@u.org",
        section="A",
    )
    assert len(read.people) == 2
    assert "Onewalk (77)" in read.columns


def test_the_gradebook_of_canvas_with_names_in_two(roster):
    read = roster("LastName,FirstName,ID,SIS Login ID,Section\nLovelace,Ada,7,ada,A\n")
    assert read.people == (
        Person(name="Lovelace, Ada", canvas_id="7", sis_login_id="ada", section="A"),
    )


def test_the_worksheet_of_moodle(roster):
    ada, charles = roster(MOODLE).people
    assert (ada.moodle_id, ada.name, ada.email) == ("Participant 501", "Ada Lovelace", "ada@u.org")
    assert ada.moodle_modified == ""
    assert charles.moodle_modified == "Friday, 27 November 2026, 11:44 AM"


@pytest.mark.parametrize(
    ("text", "student", "name"),
    [
        (OWN, "ada", "Ada Lovelace"),
        (OWN, "S1", None),  # the column student says it, and nothing else does
        (CANVAS, "1001", "Lovelace, Ada"),
        (CANVAS, "ada@u.org", "Lovelace, Ada"),
        (CANVAS, "Lovelace, Ada", None),  # a name that anybody may give themselves
        (CANVAS, "10011", None),
        (MOODLE, "Ada Lovelace", None),
        (MOODLE, "501", "Ada Lovelace"),
        (MOODLE, "Participant 502", "C. Babbage"),
    ],
)
def test_whose_folder_it_is(roster, text, student, name):
    found = roster(text).find(student)
    assert (found and found.name) == name


def test_a_column_of_folders_beside_those_of_canvas(roster):
    read = roster("Folder,Student,ID,Section\nada,Ada,1,A\n,Bob,2,A\n")
    assert read.find("ada").name == "Ada"
    assert read.find("2") is None


def test_an_identifier_of_two_people_is_nobodys(roster):
    read = roster("username,idnumber,name\n7,x,Ada\ny,7,Bob\n")
    assert read.find("7") is None
    assert read.find("x").name == "Ada"


def test_accents_are_the_same_however_they_are_written(roster):
    assert roster("student,name\nzoe\u0308,Z\n").find("zo\xeb").name == "Z"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,section\nAda,A\n", "no column that says which student a row is about; it has name"),
        ("student,name\n", "names no student"),
        (
            "student,name\nada,Ada\nbob,Bob\nada,Eve\n",
            "line 4: Eve: student 'ada' stands in line 2",
        ),
        ("student,email\nada,x@y\nbob,x@y\n", "line 3: bob: email 'x@y' stands in line 2"),
        ("student,name\n,Ada\n", "line 2: nothing says who Ada is"),
        ("student,canvas_id\nada,a1\n", "line 2: ada: Canvas's ID 'a1' is no number"),
        ("student,moodle_id\nada,Participant\n", "line 2: ada: Moodle's identifier"),
    ],
)
def test_a_roster_that_cannot_be_used_is_told(roster, text, said):
    with pytest.raises(UsageError) as error:
        roster(text)
    assert "roster.csv" in str(error.value)
    assert said in str(error.value)


def test_nobody_is_dropped_in_silence(roster):
    read = roster(OWN + "eve;Eve;;eve@u.org;;\n")
    results = {
        "charles": made_up(naive=1, deferred=5),
        "ada": made_up(naive=1),
        "zeus": made_up(naive=None),
    }
    entries = enter(results, read)
    assert [(e.name, e.status, e.grade) for e in entries] == [
        ("ada", "graded", 1),
        ("charles", "deferred", None),
        ("eve", "no submission", None),
        ("zeus", "grader_error", None),
    ]
    said = remarks(entries, read)
    assert any("not in" in s and s.endswith(": zeus") for s in said)
    assert any("no submission" in s and s.endswith(": eve") for s in said)
    assert any("grader failed" in s and s.endswith(": zeus") for s in said)
    assert any("deferred" in s and s.endswith(": charles") for s in said)
    assert remarks(enter({"ada": made_up(naive=1)}, None), None) == []


def test_a_total_set_by_a_person_is_a_grade_though_points_are_deferred():
    (entry,) = enter({"ada": made_up(naive=1, deferred=5)}, None, ["ada"])
    assert (entry.status, entry.grade) == ("graded", 1)


def test_two_folders_of_one_person_are_told(roster):
    results = {"1001": made_up(naive=1), "ada@u.org": made_up(naive=2)}
    with pytest.raises(UsageError, match=r"1001 and ada@u\.org are both Lovelace, Ada"):
        enter(results, roster(CANVAS))


def test_a_student_whose_name_can_be_no_folder_is_found(roster, tmp_path: Path):
    """As the batch puts them: with other letters, and a mark."""
    names = ["Doe, Jane", "o'brien@u.org", "s001", "S001"]
    with Store(tmp_path / "results") as store:
        folders = {store.folder(name).name: name for name in names}
    assert len(folders.keys() & set(names)) == 1
    results = {}
    for folder, name in folders.items():
        result = made_up(naive=1)
        about = result.submission.model_copy(update={"id": name})
        results[folder] = result.model_copy(update={"submission": about})
    for column in ("student", "username"):
        read = roster(f"{column},repository\n" + "".join(f'"{n}",class/lab\n' for n in names))
        entries = enter(results, read)
        assert [(folders[e.student], e.grade) for e in entries] == [(n, 1) for n in names]


OVERRIDES = "student,exercise,points,reason,by,date,kind\n"


@pytest.fixture
def overrides(tmp_path: Path):
    def read(text: str):
        path = tmp_path / "overrides.csv"
        path.write_text(text)
        return read_overrides(path)

    return read


def test_decisions_of_a_person(overrides):
    found = overrides(
        OVERRIDES
        + "ada,naive,9.5,a reason,A. P.,2026-12-01,\n"
        + 'ada,total,"9,5",b,A. P.,1.12.2026,set\n'
        + "bob,total,-2,c,A. P.,2026-12-01,add\n"
        + "bob,total,3,d,A. P.,2026-12-01,add\n"
    )
    assert found == {
        "ada": [
            Override("ada", "naive", "set", 9.5, "a reason", "A. P.", "2026-12-01"),
            Override("ada", None, "set", 9.5, "b", "A. P.", "1.12.2026"),
        ],
        "bob": [
            Override("bob", None, "add", -2, "c", "A. P.", "2026-12-01"),
            Override("bob", None, "add", 3, "d", "A. P.", "2026-12-01"),
        ],
    }


def test_the_column_kind_can_be_left_out(overrides):
    found = overrides("student,exercise,points,reason,by,date\nada,total,1,a,b,c\n")
    assert found["ada"][0].kind == "set"


def test_no_file_is_no_decision(tmp_path):
    assert read_overrides(tmp_path / "overrides.csv") == {}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("ada,,9,r,b,d,", "line 2: ada has no exercise; for the total, write total"),
        (",naive,9,r,b,d,", "line 2: a row has no student"),
        ("ada,naive,9,,b,d,", "line 2: ada has no reason"),
        ("ada,naive,9,r,,d,", "line 2: ada has no by"),
        ("ada,naive,nine,r,b,d,", "'nine' is no points"),
        ("ada,naive,nan,r,b,d,", "'nan' is no points"),
        ("ada,naive,+2,r,b,d,", "'+2' is no points to set it to; to change it, use kind add"),
        ("ada,naive,-2,r,b,d,", "'-2' is no points to set it to"),
        ("ada,naive,2,r,b,d,plus", "kind 'plus' is neither set nor add"),
        ("ada,naive,2,r,b,d,\nada,naive,3,r,b,d,", "line 3: naive of ada is set in line 2 already"),
    ],
)
def test_a_decision_that_cannot_be_read_is_told(overrides, row, said):
    with pytest.raises(UsageError) as error:
        overrides(f"{OVERRIDES}{row}\n")
    assert said in str(error.value)


def test_a_column_that_is_not_there_is_told(overrides):
    with pytest.raises(UsageError, match="no column by, date; there must be student, exercise"):
        overrides("student,exercise,points,reason\nada,total,1,x\n")


def write(folder: Path, **results) -> None:
    for student, result in results.items():
        (folder / student).mkdir()
        (folder / student / "result.json").write_text(result.to_json())


def test_results_are_read_by_student(tmp_path):
    ada, bob = made_up(naive=1), made_up(naive=None)
    write(tmp_path, bob=bob, ada=ada)
    (tmp_path / "grades.csv").touch()
    (tmp_path / "half-done").mkdir()
    assert list(read_results(tmp_path).items()) == [("ada", ada), ("bob", bob)]


def test_results_that_cannot_be_read_are_told(tmp_path):
    with pytest.raises(UsageError, match="is no folder"):
        read_results(tmp_path / "none")
    with pytest.raises(UsageError, match=r"holds no STUDENT/result\.json"):
        read_results(tmp_path)
    write(tmp_path, ada=made_up(naive=1))
    (tmp_path / "ada/result.json").write_text('{"kit": 1}')
    with pytest.raises(UsageError, match=r"ada/result\.json is no result document: kit"):
        read_results(tmp_path)
