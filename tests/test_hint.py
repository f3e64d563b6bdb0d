"""Hints come one at a time, are remembered beside the assignment, and decide no score."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import KitError
from autograder.hint import given_hints, next_hint, note
from autograder.intake import read_submission
from autograder.kit import Exercise, Kit
from tests.conftest import ROOT, autograder

HINTS = ["How wide is it?", "As wide as dx.", "Halve the two ends."]


@pytest.fixture
def hinted(tiny: Path) -> Path:
    """The smallest assignment, with hints."""
    with (tiny / "grader.toml").open("a") as file:
        file.write(f"hints = {HINTS}\n")
    return tiny


def ask(root: Path, *args: str) -> Result:
    """The command, in this process: to start one takes longer than all that it does."""
    return CliRunner().invoke(app, ["hint", *args, "--kit", str(root)])


def exercise_in(root: Path) -> Exercise:
    return Kit.load(root).exercises["trapezoid"]


def test_one_more_each_time(hinted: Path) -> None:
    said = [ask(hinted, "trapezoid") for _ in range(4)]
    assert [s.exit_code for s in said] == [0] * 4
    for number, (once, hint) in enumerate(zip(said, HINTS, strict=False), start=1):
        assert f"trapezoid, hint {number} of 3\n\n  {hint}\n" in once.stdout
        assert [h for h in HINTS if h in once.stdout] == [hint]
    assert said[0].stdout.endswith("The next: autograder hint trapezoid\n")
    # There is nothing beyond the last one.
    assert said[3].stdout == said[2].stdout
    assert said[2].stdout.endswith("All of them: autograder hint trapezoid --again\n")


def test_again_shows_those_given_and_gives_none(hinted: Path) -> None:
    def again() -> str:
        done = ask(hinted, "trapezoid", "--again")
        assert done.exit_code == 0
        return done.stdout

    assert "No hint for trapezoid was given yet" in again()
    ask(hinted, "trapezoid")
    ask(hinted, "trapezoid")
    shown = again()
    assert [h for h in HINTS if h in shown] == HINTS[:2]
    assert again() == shown


def test_each_exercise_has_a_count_of_its_own(whole_kit: Kit, tmp_path: Path) -> None:
    stable, merge = (
        Exercise(e.name, e.config, e.limits, tmp_path)
        for e in (whole_kit.exercises["stable"], whole_kit.exercises["merge"])
    )
    note(stable, next_hint(stable))
    note(stable, next_hint(stable))
    note(merge, next_hint(merge))
    assert (next_hint(stable).last, next_hint(merge).last) == (3, 2)


def test_an_unknown_name_suggests_the_nearest(hinted: Path) -> None:
    done = autograder("hint", "trapezoids", cwd=hinted)  # as a user asks
    assert done.returncode == 2
    assert "did you mean 'trapezoid'?" in done.stderr
    assert not (hinted / ".onewalk").exists()


def test_no_hints_are_told(tiny: Path) -> None:
    done = ask(tiny, "trapezoid")
    assert done.exit_code == 2
    assert "there are no hints for trapezoid; exercises/trapezoid.py says what" in done.stderr


@pytest.mark.parametrize("notes", ["", "[", "[]", '{"trapezoid": "many"}', '{"trapezoid": null}'])
def test_notes_that_cannot_be_read_are_none(hinted: Path, notes: str) -> None:
    exercise = exercise_in(hinted)
    note(exercise, next_hint(exercise))
    (hinted / ".onewalk/hints.json").write_text(notes)
    assert next_hint(exercise).hints == {1: HINTS[0]}


def test_a_system_that_lacks_what_linux_has(hinted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "O_TMPFILE")
    monkeypatch.delattr(os, "fchmod")
    exercise = exercise_in(hinted)
    note(exercise, next_hint(exercise))
    note(exercise, next_hint(exercise))
    assert next_hint(exercise).last == 3


def test_fewer_hints_than_were_given(hinted: Path) -> None:
    exercise = exercise_in(hinted)
    for _ in HINTS:
        note(exercise, next_hint(exercise))
    text = (hinted / "grader.toml").read_text()
    (hinted / "grader.toml").write_text(text.replace(str(HINTS), str(HINTS[:1])))
    assert next_hint(exercise_in(hinted)).hints == {1: HINTS[0]}
    assert given_hints(exercise_in(hinted)).hints == {1: HINTS[0]}


def test_what_cannot_be_noted_is_told_with_the_hint(hinted: Path) -> None:
    (hinted / ".onewalk").write_text("no folder\n")
    done = ask(hinted, "trapezoid")
    assert done.exit_code == 2
    assert HINTS[0] in done.stdout
    assert "hints.json cannot be written" in done.stderr


def test_git_and_intake_see_nothing_of_it(hinted: Path) -> None:
    subprocess.run(["git", "init", "-q", hinted], check=True)
    status = ["git", "-C", hinted, "status", "--porcelain", "--untracked-files=all"]
    before = subprocess.run(status, check=True, capture_output=True).stdout
    read = read_submission(hinted, ["exercises/trapezoid.py"])
    exercise = exercise_in(hinted)
    note(exercise, next_hint(exercise))
    assert subprocess.run(status, check=True, capture_output=True).stdout == before
    assert read_submission(hinted, ["exercises/trapezoid.py"]) == read


def test_hints_decide_no_score(tiny: Path, hinted: Path) -> None:
    with_hints = Kit.load(hinted)
    assert with_hints.exercises["trapezoid"].hints == HINTS
    text = (hinted / "grader.toml").read_text()
    (hinted / "grader.toml").write_text(text.replace(f"hints = {HINTS}\n", ""))
    without = Kit.load(hinted)
    assert not without.exercises["trapezoid"].hints
    assert with_hints.sha256 == without.sha256


def test_a_block_of_lines_loses_its_indentation(tiny: Path) -> None:
    with (tiny / "grader.toml").open("a") as file:
        file.write('hints = [\n    """\n    First:\n\n        h / 2\n    """,\n]\n')
    assert exercise_in(tiny).hints == ["First:\n\n    h / 2"]


@pytest.mark.parametrize(
    ("hints", "told"),
    [
        ('"one"', "exercise.trapezoid.hints is 'one'"),
        ('["one", "  "]', "exercise.trapezoid.hints.1"),
        ("[3]", "exercise.trapezoid.hints.0 is 3"),
    ],
)
def test_hints_in_another_form_are_told(tiny: Path, hints: str, told: str) -> None:
    with (tiny / "grader.toml").open("a") as file:
        file.write(f"hints = {hints}\n")
    with pytest.raises(KitError, match=re.escape(told)):
        Kit.load(tiny)


# ------------------------------------------------------------------ those of this assignment


def exercises() -> list[Exercise]:
    return list(Kit.load(ROOT).exercises.values())


@pytest.mark.parametrize("exercise", exercises(), ids=lambda e: e.name)
def test_every_exercise_has_a_few_short_ones(exercise: Exercise) -> None:
    assert 3 <= len(exercise.hints) <= 5
    assert "?" in exercise.hints[0]  # it begins with a question
    for hint in exercise.hints:
        assert len(hint.splitlines()) <= 6
        assert max(map(len, hint.splitlines())) <= 78  # as shown, two columns further


@pytest.mark.parametrize(
    "exercise", [e for e in exercises() if not e.is_sheet], ids=lambda e: e.name
)
def test_no_hint_is_the_solution(exercise: Exercise) -> None:
    lines = {
        ast.unparse(node)
        for node in ast.walk(ast.parse(exercise.reference.read_text()))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Return)
    }
    told = "\n".join(exercise.hints)
    assert not [line for line in lines if len(line) > 12 and line in told]


def test_no_hint_for_the_drills_is_an_answer(whole_kit: Kit) -> None:
    drills = whole_kit.exercises["drills"]
    values = re.sub(r"#.*", "", drills.reference.read_text())
    answers = set(re.findall(r"\d\.\d{3,}|\d{2}\.\d+", values))
    assert not [a for a in answers if any(a in hint for hint in drills.hints)]
