"""A class in nbgrader, the real one: released, handed in, graded, entered, and the same scores."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.graded_cell import KIT
from autograder.grading import Grader
from autograder.intake import read_submission
from autograder.kit import Kit
from autograder.sandbox.servers import Servers
from tests.conftest import ROOT
from tests.courses import NAME, Commands, Course, small_kit

# In one process of pytest's: what they share takes seconds to make.
pytestmark = pytest.mark.xdist_group("nbgrader")

# Each function is the student's; in the cell it stands alone.
AREA = "def area(upper, lower):\n    return trapezoid(upper - lower)\n"
NO_AREA = "def area(upper, lower):\n    return 10.0\n"
PENCIL = "half = 0.5\nthird = 0.3333\n"
DISTANCE_FORGOTTEN = """import numpy as np

def trapezoid(y, dx=1.0):
    if len(y) < 2:
        raise ValueError("two samples are needed")
    print("<script>", file=__import__("sys").stderr)
    return float(np.sum(y) - (y[0] + y[-1]) / 2)
"""
HOSTILE = """import builtins, os, sys

def trapezoid(y, dx=1.0):
    for frame in sys._current_frames().values():
        frame.f_globals["points"] = lambda name: 10.0
    os._exit(0)

builtins.float = lambda value: 10.0
print("::error::10 of 10")
"""


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_kit(tmp_path_factory.mktemp("assignment") / "kit")


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    with Commands(tmp_path_factory.mktemp("home")) as commands:
        yield commands


@pytest.fixture(scope="module")
def released(kit: Path, commands: Commands, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """A course whose student's version nbgrader has made and released."""
    root = tmp_path_factory.mktemp("class") / "course"
    done = commands.run("autograder", "release", root, "--format", "nbgrader", "--kit", kit)
    assert done.returncode == 0, done.stderr
    course = Course(root, commands)
    exchange = root.parent / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    for command in ("generate_assignment", "release_assignment"):
        done = course.nbgrader(command, NAME, f"--Exchange.root={exchange}")
        assert done.returncode == 0, done.stderr
        assert "ERROR" not in done.stderr
    shutil.copy(root / "gradebook.db", root / "fresh.db")
    return course


@pytest.fixture(scope="module")
def perfect(released: Course) -> dict[str, str]:
    """The solutions of the source, as a student who knows them all would write them."""
    cells = [c for c in released.notebook("source")["cells"] if "-solution" in c["id"]]
    return {c["id"].removesuffix("-solution"): "".join(c["source"]) for c in cells}


@pytest.fixture(scope="module")
def graded(
    released: Course, kit: Path, perfect: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Course, Path, str]:
    """A class that has handed in, been graded and been entered: course, results, what was said."""
    course = released
    hand_in = course.hand_in
    hand_in("perfect", pencil=PENCIL, **perfect)
    hand_in("typical", pencil="half = 0.5\n", trapezoid=DISTANCE_FORGOTTEN, area=AREA)
    hand_in("hostile", trapezoid=HOSTILE, area=NO_AREA)
    hand_in("late", when="2026-11-21 13:00:00 UTC", pencil=PENCIL, **perfect)
    hand_in("Zoë Müller-Łukasz", trapezoid=perfect["trapezoid"])
    hand_in("untouched", when=None)
    plain = course.notebook("release")  # as other tools save it
    for number, cell in enumerate(plain["cells"]):
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
        cell["id"] = f"changed-{number}"
    hand_in("other tools", pencil=PENCIL, notebook=plain, **perfect)
    fewer = course.notebook("release")
    fewer["cells"] = [
        c for c in fewer["cells"] if c["id"] in ("trapezoid-solution", "area-solution", "area")
    ]
    hand_in("deleted cells", notebook=fewer, **perfect)
    twice = hand_in("copies", pencil=PENCIL, **perfect)
    shutil.copy(twice / f"{NAME}.ipynb", twice / f"{NAME}-Copy1.ipynb")
    (twice / "helpers.py").write_text("")
    (course.root / "submitted/nothing" / NAME).mkdir(parents=True)
    known = ", ".join(f"('{s}')" for s in ("perfect", "typical", "hostile", "late", "absent"))
    course.change(f"insert into student (id) values {known}")
    results = tmp_path_factory.mktemp("results") / "results"
    done = course.commands.run("autograder", "batch", course.root, "--out", results, "--kit", kit)
    assert done.returncode == 0, done.stderr
    assert "copies: only trapezoid.ipynb is read" in done.stderr
    entered = export(course, results, kit)
    return course, results, entered


def export(course: Course, results: Path, kit: Path) -> str:
    command = ("export", results, "--format", "nbgrader", "--out", course.root, "--kit", kit)
    done = course.commands.run("autograder", *command)
    assert done.returncode == 0, done.stderr
    return done.stderr


def documents(results: Path) -> dict[str, Any]:
    found = (json.loads(p.read_text()) for p in results.glob("*/result.json"))
    return {document["submission"]["id"]: document for document in found}


# ------------------------------------------------------------------ what is released


def test_the_students_cell_is_the_stub(released: Course, kit: Path):
    cells = {c["id"]: "".join(c["source"]) for c in released.notebook("release")["cells"]}
    for name in ("trapezoid", "area"):
        stub = ast.parse((kit / f"exercises/{name}.py").read_text())
        written = ast.parse(cells[f"{name}-solution"])
        # The docstring of the file has become text, and `raise` calls what it raises.
        assert ast.unparse(written).replace("Error()", "Error") == ast.unparse(stub.body[1:])
    assert "# A difference of curves is a curve.\n    # YOUR CODE HERE\n" in cells["area-solution"]


def test_nothing_secret_is_released(released: Course):
    source = json.dumps(released.notebook("source"))
    for text in ("Inner samples belong", "A unit apart.", "graded_cell", "BEGIN HIDDEN"):
        assert text in source
        for path in (*released.root.glob("release/**/*"), *released.root.glob("../exchange/**/*")):
            assert not path.is_file() or text.encode() not in path.read_bytes(), path
    for path in (p for p in released.root.rglob("*") if p.is_file()):
        assert b"expect_close" not in path.read_bytes(), path  # no hidden test, even in source


def test_validate_runs_the_public_examples(released: Course):
    done = released.nbgrader(
        "validate", *(f"{step}/{NAME}/{NAME}.ipynb" for step in ("source", "release"))
    )
    source, _, students = done.stdout.partition("VALIDATION FAILED ON 2 CELL(S)!")
    assert source == "Success! Your notebook passes all the tests.\n"
    assert "2 of 2 examples fail" in students


# ------------------------------------------------------------------ the round trip


def test_the_scores_are_the_same_everywhere(
    graded: tuple[Course, Path, str], kit: Path, tmp_path: Path
):
    course, results, _ = graded
    found = documents(results)
    assert {student: d["final_score"] for student, d in found.items()} == {
        "perfect": 20.0,
        "typical": pytest.approx(10 * 4 / 6 + 6 + 2),
        "hostile": 0.0,
        "late": 16.0,  # a tenth of 20 points for each of two days
        "Zoë Müller-Łukasz": 10.0,
        "untouched": 0.0,
        "other tools": 20.0,
        "deleted cells": 16.0,
        "copies": 20.0,
        "nothing": 0.0,
    }
    grades, cells = course.grades(), course.cells()
    assert grades.keys() - {"absent"} == found.keys()
    for student, document in found.items():
        row = grades[student]
        assert float(row["score"]) == pytest.approx(document["final_score"])
        assert float(row["raw_score"]) == pytest.approx(document["score"])
        assert float(row["max_score"]) == 20.0
        for exercise in document["exercises"]:
            cell = cells[student, exercise["name"]]
            assert cell["auto_score"] == exercise["score"]
            assert cell["max_score"] == exercise["max_score"]
            assert cell["needs_manual_grade"] == 0
    assert float(grades["late"]["late_submission_penalty"]) == 4.0
    assert grades["perfect"]["timestamp"] == "2026-11-20 11:00:00"


def test_the_same_work_as_plain_files_scores_the_same(
    graded: tuple[Course, Path, str],
    kit: Path,
    tmp_path: Path,
    perfect: dict[str, str],
    servers: Servers,
):
    _, results, _ = graded
    found = documents(results)
    # In a file of its own a solution imports what in a notebook is there.
    area = "from exercises.trapezoid import trapezoid\n"
    works = {
        "perfect": (perfect["trapezoid"], area + perfect["area"], PENCIL),
        "typical": (DISTANCE_FORGOTTEN, area + AREA, "half = 0.5\n"),
        "hostile": (HOSTILE, NO_AREA, None),
    }
    assignment = Kit.load(kit)
    with Grader(assignment, servers=servers) as grader:
        for name, texts in works.items():
            folder = tmp_path / name
            folder.mkdir()
            for path, text in zip(("trapezoid.py", "area.py", "pencil.toml"), texts, strict=True):
                if text is not None:
                    (folder / path).write_text(text)
            alone = grader.grade(
                read_submission(folder, assignment.files), found[name]["seed"]
            ).model_dump()
            for document in (alone, found[name]):
                document["scores"] = [e["score"] for e in document["exercises"]]
            assert alone["scores"] == found[name]["scores"]


def test_what_was_said_names_each_student(graded: tuple[Course, Path, str]):
    _, _, said = graded
    lines = said.splitlines()
    assert "nothing that they handed in could be read, so 0 points: nothing" in lines
    added = next(line for line in lines if line.startswith("not among the gradebook's students"))
    assert set(added.partition(": ")[2].split(", ")) == {
        *("Zoë Müller-Łukasz", "copies", "deleted cells", "nothing", "other tools", "untouched")
    }
    secret = next(line for line in lines if "student_id_exclude" in line)
    assert secret.endswith(": nothing, untouched")
    assert lines[-1].startswith("10 of 10 have a grade")


def test_feedback_is_where_nbgrader_releases_it_from(graded: tuple[Course, Path, str]):
    course, results, _ = graded
    for document in documents(results).values():
        student = document["submission"]["id"]
        page = course.root / "feedback" / student / NAME / f"{NAME}.html"
        assert page.read_text(encoding="utf-8").endswith("</html>\n")
        assert str(document["seed"]) not in page.read_text(encoding="utf-8")
    exchange = course.root.parent / "exchange"
    done = course.nbgrader(
        "release_feedback",
        NAME,
        f"--Exchange.root={exchange}",
        "--CourseDirectory.student_id_exclude=nothing,untouched",
    )
    assert done.returncode == 0, done.stderr
    assert len(list((exchange / NAME / "feedback").glob("*.html"))) == 8


def test_comments_say_what_was_lost_and_are_inert(graded: tuple[Course, Path, str]):
    course, _, _ = graded
    comments = course.comments()
    assert comments["perfect", "trapezoid-solution"] is None
    typical = comments["typical", "trapezoid-solution"]
    assert typical is not None
    assert "trapezoid: 6.667 / 10" in typical
    assert "Hint: What does dx do to an area?" in typical
    # A block of code for Markdown, from the first line to the last.
    assert all(line.startswith("    ") for c in comments.values() if c for line in c.splitlines())


def test_a_second_export_changes_nothing_and_a_persons_score_stays(
    graded: tuple[Course, Path, str], kit: Path, tmp_path: Path
):
    course, results, said = graded
    before = course.dump()
    assert export(course, results, kit).splitlines()[-1] == said.splitlines()[-1]
    assert course.dump() == before
    copy = Course(shutil.copytree(course.root, tmp_path / "course"), course.commands)
    copy.change(
        "update grade set manual_score = 7, needs_manual_grade = 0 where id in (select grade.id"
        " from grade join base_cell on base_cell.id = grade.cell_id where name = 'trapezoid')"
    )
    copy.change("update comment set manual_comment = 'Well done.'")
    said = export(copy, results, kit)
    assert "hostile (trapezoid: 7)" in said
    cell = copy.cells()["hostile", "trapezoid"]
    assert (cell["manual_score"], cell["auto_score"]) == (7.0, 0.0)
    assert cell["needs_manual_grade"] == 0  # nothing has changed since
    copy.change("update grade set auto_score = 9")
    export(copy, results, kit)
    assert copy.cells()["hostile", "trapezoid"]["needs_manual_grade"] == 1
    assert copy.cells()["hostile", "pencil"]["needs_manual_grade"] == 0
    assert {c["manual_score"] for (_, n), c in copy.cells().items() if n == "trapezoid"} == {7.0}
    assert "Well done." in "".join(copy.dump())


# ------------------------------------------------------------------ nbgrader autograde


def test_where_nbgrader_grades_its_cells_ask_the_grader(
    graded: tuple[Course, Path, str], kit: Path, tmp_path: Path
):
    before, results, _ = graded
    course = Course(tmp_path / "course", before.commands)
    for part in ("source", "release", f"submitted/typical/{NAME}", f"submitted/untouched/{NAME}"):
        shutil.copytree(before.root / part, course.root / part)
    shutil.copy(before.root / "fresh.db", course.root / "gradebook.db")
    config = course.root / "nbgrader_config.py"
    shutil.copy(before.root / config.name, config)
    done = course.nbgrader("autograde", NAME)
    assert done.returncode == 0, done.stderr
    cells = course.cells()
    for student in ("typical", "untouched"):
        for exercise in documents(results)[student]["exercises"]:
            score = cells[student, exercise["name"]]["auto_score"]
            assert score == pytest.approx(exercise["score"]), (student, exercise["name"])
    assert 0 < cells["typical", "trapezoid"]["auto_score"] < 10
    page = (course.root / "autograded/typical" / NAME / f"{NAME}.ipynb").read_text()
    assert "Hint: What does dx do to an area?" in page
    # The assignment is gone: that is no score, and nbgrader says whose.
    config.write_text(config.read_text().replace(str(kit), str(tmp_path / "gone")))
    shutil.copytree(before.root / "submitted/perfect", course.root / "submitted/unlucky")
    done = course.nbgrader("autograde", NAME, "--student", "unlucky")
    assert done.returncode != 0
    assert "for student 'unlucky'" in done.stderr
    assert course.cells()["unlucky", "trapezoid"]["auto_score"] is None


@pytest.mark.parametrize(
    "fault", ["OSError(28, 'No space left on device')", "KeyboardInterrupt()", "RuntimeError()"]
)
def test_no_fault_becomes_a_cells_error_which_would_be_no_points(tmp_path: Path, fault: str):
    # nbgrader interrupts a kernel whose time is up.
    (tmp_path / f"{NAME}.ipynb").write_text("{}")
    cell = f"""
from autograder import graded_cell

def fail(*args, **more):
    raise {fault}

graded_cell.subprocess.run = fail
try:
    graded_cell.points({NAME!r})
except BaseException:
    print("0 points")
"""
    kit = ROOT / "docs" / "tiny-assignment"
    done = subprocess.run(
        [sys.executable, "-c", cell],
        cwd=tmp_path,
        env=os.environ | {KIT: str(kit)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith(f"autograder: {NAME}: ")
