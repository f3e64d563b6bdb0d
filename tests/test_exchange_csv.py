"""``grades.csv``, and the command that writes it and the others."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from autograder.adjust import adjusted
from autograder.exchange.csv import grades_csv
from autograder.exchange.overrides import Override
from autograder.exchange.roster import enter, read_roster
from autograder.kit import Rules
from tests.conftest import autograder
from tests.made_up import made_up


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_everyone_and_what_the_grade_is_made_of():
    decision = Override("ada", "stable", "set", 9.5, "two ways; to read", "A. P.", "2026-12-01")
    results = {
        "ada": adjusted(made_up(naive=1.25, stable=3), "ada", Rules(), {"ada": [decision]}),
        "bob": made_up(naive=None, stable=3),
        "eve": made_up(naive=1, stable=3, deferred=7),
    }
    ada, bob, eve = rows(grades_csv(enter(results, None)))
    assert ada == {
        "student": "ada",
        "status": "graded",
        "score": "4.25",
        "max_score": "50",
        "deferred_score": "0",
        "adjustments": "6.5",
        "final_score": "10.75",
        "reasons": "stable set to 9.5 by A. P., 2026-12-01: two ways; to read",
        "naive": "1.25",
        "stable": "3",
    }
    empty = {"status", "score", "final_score", "naive"}
    assert {k: bob[k] for k in empty} == {
        "status": "grader_error",
        "score": "",
        "final_score": "",
        "naive": "",
    }
    assert (eve["status"], eve["score"], eve["final_score"]) == ("deferred", "4", "4")


def test_with_a_roster_everybody_is_there(tmp_path):
    (tmp_path / "r.csv").write_text("student,name,section\nada,=Ada,A\nbob,Zoë,B\n")
    people = read_roster(tmp_path / "r.csv")
    text = grades_csv(enter({"ada": made_up(naive=1), "-x": made_up(naive=2)}, people))
    assert text.startswith("\ufeffstudent,name,email,section,status,")
    found = {r["student"]: r for r in rows(text)}
    assert found["ada"]["name"] == "'=Ada"
    assert found["bob"]["status"] == "no submission"
    assert set(found["bob"].values()) == {"bob", "Zoë", "B", "", "no submission"}
    assert found["'-x"]["final_score"] == "2"


def test_exercises_that_only_some_results_have():
    found = rows(grades_csv(enter({"ada": made_up(naive=1), "bob": made_up(stable=2)}, None)))
    assert [(r["naive"], r["stable"]) for r in found] == [("1", ""), ("", "2")]


@pytest.fixture
def batch(tiny: Path) -> Path:
    """An assignment with a deadline, and the results of a class."""
    with (tiny / "grader.toml").open("a") as file:
        file.write(
            "\n[late]\ndeadline = 2026-11-20T23:59:00Z\nloss_per_day = 1\nloss_unit = 'points'\n"
        )
    results = tiny / "results"
    for student, submitted in {
        "ada": "2026-11-20T12:00:00Z",
        "bob": "2026-11-22T12:00:00Z",
    }.items():
        (results / student).mkdir(parents=True)
        result = made_up(trapezoid=8, worth=10, submitted_at=submitted)
        (results / student / "result.json").write_text(result.to_json())
    return tiny


def test_the_command_applies_rules_and_decisions_and_tells(batch):
    (batch / "results/overrides.csv").write_text(
        "student,exercise,points,reason,by,date\nada,total,9,agreed,A. P.,2026-12-01\n"
        "eve,total,9,agreed,A. P.,2026-12-01\n"
    )
    done = autograder("export", "results", "--format", "csv", "--out", "grades.csv", cwd=batch)
    assert (done.returncode, done.stdout) == (0, "")
    found = {r["student"]: r for r in rows((batch / "grades.csv").read_text())}
    assert found["ada"]["reasons"] == "total set to 9 by A. P., 2026-12-01: agreed"
    assert (found["ada"]["final_score"], found["bob"]["final_score"]) == ("9", "6")
    assert "an override, but no submission: eve" in done.stderr
    assert "a batch writes them anew: ada, bob" in done.stderr
    assert "2 of 2 have a grade; grades.csv" in done.stderr


@pytest.mark.parametrize(("form", "column"), [("canvas", "canvas_id"), ("moodle", "moodle_id")])
def test_the_command_writes_for_other_systems(batch, form, column):
    (batch / "who.csv").write_text(f"student,{column}\nada,7\nzoe,8\n")
    done = autograder(
        "export", "results", "--format", form, "--out", "out.csv", "--roster", "who.csv", cwd=batch
    )
    assert done.returncode == 0
    assert "7" in (batch / "out.csv").read_text()
    assert "not in who.csv: bob" in done.stderr
    assert "no submission, no grade: zoe" in done.stderr


def test_what_the_command_cannot_do_is_told(batch):
    done = autograder("export", "results", "--format", "canvas", "--out", "x.csv", cwd=batch)
    assert done.returncode == 2
    assert "Canvas needs to know who is who" in done.stderr
    assert not (batch / "x.csv").exists()
