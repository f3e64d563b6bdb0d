"""Grades in nbgrader's gradebook, read back by nbgrader's own API."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from nbgrader.api import Gradebook

from autograder.errors import UsageError
from autograder.exchange.nbgrader import enter_grades
from autograder.exchange.roster import enter
from autograder.result import Adjustment, Result
from tests.made_up import made_up

NAME = "made-up"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with an empty gradebook, which takes nbgrader a while to make."""
    root = tmp_path_factory.mktemp("empty")
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    assert enter_grades([], root, root, NAME) == []
    return root


@pytest.fixture
def course(empty: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(empty, tmp_path / "course"))


Entered = Callable[..., list[str]]


@pytest.fixture
def entered(course: Path, tmp_path: Path) -> Entered:
    """Enter these results, and give what was said."""

    def export(settled: tuple[str, ...] = (), **results: Result) -> list[str]:
        for student in results:
            (tmp_path / "results" / student).mkdir(parents=True, exist_ok=True)
            (tmp_path / "results" / student / "feedback.html").write_text("<html></html>\n")
        named = {s: by(r, s) if r.submission.id == "x" else r for s, r in results.items()}
        return enter_grades(enter(named, None, settled), tmp_path / "results", course, NAME)

    return export


def by(result: Result, student: str) -> Result:
    return result.model_copy(
        update={"submission": result.submission.model_copy(update={"id": student})}
    )


def read(course: Path, student: str, book: str = "gradebook.db") -> dict[str, Any]:
    """The rows of a student's grades by cell, and what they come to."""
    with Gradebook(f"sqlite:///{course / book}", "default_course") as gradebook:
        submission = gradebook.find_submission(NAME, student)
        found: dict[str, Any] = {
            g.name: g.to_dict() for n in submission.notebooks for g in n.grades
        }
        found["score"] = submission.score - submission.late_submission_penalty
        found["penalty"] = submission.late_submission_penalty
        found["open"] = submission.needs_manual_grade
        return found


def test_points_that_wait_for_a_gpu_are_marked_and_told(course: Path, entered: Entered):
    said = entered(ada=made_up(naive=20.0, kernel=10.0, deferred=5.0))
    assert said[0].startswith("marked in nbgrader as in need of manual grading")
    assert said[0].endswith(": ada")
    row = read(course, "ada")
    assert (row["kernel"]["auto_score"], row["kernel"]["max_score"]) == (10.0, 30.0)
    assert row["kernel"]["needs_manual_grade"]
    assert not row["naive"]["needs_manual_grade"]
    # Graded again where a card is, they are whole.
    said = entered(ada=made_up(naive=20.0, kernel=24.0, worth=30.0))
    assert not any("manual grading" in line for line in said)
    assert not read(course, "ada")["open"]


def test_where_a_person_has_set_the_total_nothing_is_open(course: Path, entered: Entered):
    result = made_up(naive=20.0, kernel=10.0, deferred=5.0)
    decided = result.model_copy(
        update={"adjustments": [Adjustment(reason="total", points=12)], "final_score": 42.0}
    )
    said = entered(("ada",), ada=decided)
    assert not any("manual grading" in line for line in said)
    row = read(course, "ada")
    assert (row["score"], row["penalty"], row["open"]) == (42.0, -12.0, False)


def test_a_fault_of_the_graders_is_no_zero(course: Path, entered: Entered):
    said = entered(ada=made_up(naive=20.0, stable=None))
    assert said[0].endswith(": ada")
    row = read(course, "ada")
    assert row["stable"]["auto_score"] is None
    assert row["stable"]["needs_manual_grade"]
    assert row["naive"]["auto_score"] == 20.0
    assert row["open"]


def test_late_days_are_a_penalty(course: Path, entered: Entered):
    late = made_up(naive=20.0, stable=5.0).model_copy(
        update={"adjustments": [Adjustment(reason="2 days late", points=-4)], "final_score": 21.0}
    )
    entered(ada=late)
    row = read(course, "ada")
    assert (row["score"], row["penalty"]) == (21.0, 4.0)


def test_where_all_is_well_nothing_is_said(course: Path, entered: Entered):
    for student in ("ada", "bob"):
        folder = course / "submitted" / student / NAME
        folder.mkdir(parents=True)
        (folder / "timestamp.txt").write_text("2026-11-20 11:00:00 UTC")
        (folder / "submission_secret.txt").write_text(f"of {student}")
    assert entered(ada=made_up(naive=20.0), bob=made_up(naive=1.0)) == []
    secret = course / f"feedback/bob/{NAME}/submission_secret.txt"
    assert secret.read_text() == "of bob"


def test_the_database_of_the_configuration_is_used(course: Path, entered: Entered):
    other = course / "elsewhere.db"
    shutil.copy(course / "gradebook.db", other)
    before = (course / "gradebook.db").read_bytes()
    config = course / "nbgrader_config.py"
    config.write_text(
        f"c = get_config()\nc.CourseDirectory.db_url = 'sqlite:///{other}'\n"
        "c.CourseDirectory.feedback_directory = 'returned'\n"
    )
    entered(ada=made_up(naive=20.0))
    assert read(course, "ada", other.name)["score"] == 20.0
    assert (course / "gradebook.db").read_bytes() == before
    assert (course / f"returned/ada/{NAME}/{NAME}.html").is_file()


def test_an_exercise_that_came_later_gets_its_cell(course: Path, entered: Entered):
    entered(ada=made_up(naive=20.0))
    entered(ada=made_up(naive=20.0, stable=15.0))
    assert read(course, "ada")["score"] == 35.0


def test_a_submission_from_before_there_was_our_notebook(course: Path, entered: Entered):
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "default_course") as gradebook:
        gradebook.remove_notebook(NAME, NAME)
        gradebook.add_notebook("another", NAME)
        gradebook.add_student("ada")
        with gradebook.db.no_autoflush:
            gradebook.add_submission(NAME, "ada")
    results = {"ada": made_up(naive=20.0), "bob": made_up(naive=10.0)}
    entered(**results)
    entered(**results)
    assert [read(course, student)["score"] for student in results] == [20.0, 10.0]


def test_who_cannot_be_a_folder_is_left_out_and_told(course: Path, entered: Entered):
    outside = by(made_up(naive=20.0), "../../outside")
    said = entered(ada=made_up(naive=20.0), bob=outside)
    assert "no name of a student in nbgrader, so left out: bob" in said
    assert sorted(p.name for p in (course / "feedback").iterdir()) == ["ada"]
    assert read(course, "ada")["score"] == 20.0


def test_what_the_gradebook_refuses_is_told_and_the_rest_goes_through(
    course: Path, entered: Entered, monkeypatch: pytest.MonkeyPatch
):
    whole = Gradebook.add_student

    def refuse(self: Gradebook, student: str, **about: Any) -> Any:
        if student == "ada":
            from nbgrader.api import InvalidEntry

            raise InvalidEntry("database is locked")
        return whole(self, student, **about)

    monkeypatch.setattr(Gradebook, "add_student", refuse)
    results = {"ada": made_up(naive=20.0), "bob": made_up(naive=10.0)}
    said = entered(**results)
    assert said[0] == "the gradebook refused them (database is locked); run it again: ada"
    assert read(course, "bob")["score"] == 10.0
    monkeypatch.undo()
    assert not any("refused" in line for line in entered(**results))
    assert read(course, "ada")["score"] == 20.0


def test_a_folder_that_is_no_course(tmp_path: Path):
    with pytest.raises(UsageError, match="no course of nbgrader's"):
        enter_grades([], tmp_path, tmp_path, NAME)


def test_a_configuration_that_fails(course: Path):
    (course / "nbgrader_config.py").write_text("c = get_confg()\n")
    with pytest.raises(UsageError, match="cannot be run: name 'get_confg' is not defined"):
        enter_grades([], course, course, NAME)


def test_a_gradebook_of_another_assignment(course: Path):
    with pytest.raises(UsageError, match="no assignment ps1, but made-up"):
        enter_grades([], course, course, "ps1")


def test_what_is_no_gradebook(course: Path):
    (course / "gradebook.db").write_bytes(b"no database" * 1000)
    with pytest.raises(UsageError, match=r"cannot be used.*not a database"):
        enter_grades([], course, course, NAME)
