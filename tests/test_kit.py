"""A broken assignment is told by file, key, what is wrong and what would be right."""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from autograder.errors import KitError, UsageError
from autograder.grading import Grader
from autograder.kit import Kit, find_kit
from tests.conftest import autograder


@pytest.fixture
def edited(tiny: Path) -> Callable[[str, str], Path]:
    def edit(old: str, new: str) -> Path:
        text = (tiny / "grader.toml").read_text()
        assert old in text
        (tiny / "grader.toml").write_text(text.replace(old, new))
        return tiny

    return edit


BROKEN = {
    "no number": (
        "points = 10",
        'points = "ten"',
        ["exercise.trapezoid.points", "'ten'", "points = 15"],
    ),
    "negative": (
        "points = 10",
        "points = -3",
        ["exercise.trapezoid.points", "-3", "greater than 0"],
    ),
    "no bound": ("seconds = 2", "seconds = inf", ["limits.seconds", "finite"]),
    "zero seconds": (
        "seconds = 2",
        "seconds = 0",
        ["limits.seconds", "greater than 0", "seconds = 5"],
    ),
    "a slip": ("points = 10", "pionts = 10", ["exercise.trapezoid.pionts", "'points'"]),
    "missing": ("points = 10", "", ["exercise.trapezoid.points is missing", "points = 15"]),
    "unknown table": ("[limits]", "[limit]", ["limit is no key", "'limits'"]),
    "unknown kind": ('"number"', '"scalar"', ["functions.trapezoid", "'scalar'", "'pair'"]),
    "unknown type": ("float64", "float8", ["tolerance.float8", "'float64'"]),
    "unknown level": ("points = 10", 'points = 1\nreveal = "all"', ["reveal", "'all'", "hints"]),
    "not TOML": ("points = 10", "points = = 10", ["is not TOML", "line"]),
    "no kit": ("[kit]", "[limits.x]", ["kit is missing", "[kit]"]),
    "no such stub": ("[exercise.trapezoid]", "[exercise.simpson]", ["exercises/simpson.py"]),
    "a task of another's name": (
        "[exercise.trapezoid]",
        "[gpu_task.trapezoid]\npoints = 1\n[exercise.trapezoid]",
        ["trapezoid is an exercise and a GPU task"],
    ),
    "a task without a stub": (
        "[exercise.trapezoid]",
        "[gpu_task.double]\npoints = 1\n[exercise.trapezoid]",
        ["gpu_task.double needs the file", "gpu_tasks/double.py"],
    ),
    "a slip in a task": (
        "[exercise.trapezoid]",
        "[gpu_task.double]\npoint = 1\n[exercise.trapezoid]",
        ["gpu_task.double.point", "'points'"],
    ),
    "speeds in the wrong order": (
        "[exercise.trapezoid]",
        "[gpu_task.double]\npoints = 1\nspeed.short = { first = 0.9, full = 0.4 }\n"
        "[exercise.trapezoid]",
        ["gpu_task.double.speed.short", "first, 0.9, must be below full, 0.4"],
    ),
    "half a speed": (
        "[exercise.trapezoid]",
        "[gpu_task.double]\npoints = 1\nspeed.short = { first = 0.3 }\n[exercise.trapezoid]",
        ["gpu_task.double.speed.short.full is missing", "full = 0.9"],
    ),
    "no name": ("[exercise.trapezoid]", '[exercise."a b"]', ["exercise.a b", "import"]),
}


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=BROKEN)
def test_broken_configuration(edited, old, new, said):
    root = edited(old, new)
    with pytest.raises(KitError) as error:
        Kit.load(root)
    text = str(error.value)
    assert str(root / "grader.toml") in text
    for part in said:
        assert part in text


def test_an_assignment_without_exercises_is_none(tiny):
    text = (tiny / "grader.toml").read_text()
    (tiny / "grader.toml").write_text(text.partition("[exercise")[0])
    with pytest.raises(KitError, match=r"write a table \[exercise.NAME\]"):
        Kit.load(tiny)


def test_the_command_says_it_and_exits_with_2(edited):
    done = autograder("grade", "reference", cwd=edited("points = 10", "pionts = 10"))
    assert done.returncode == 2
    assert "did you mean 'points'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_stub_that_is_not_python_is_told(tiny):
    (tiny / "exercises/trapezoid.py").write_text("def f(:\n")
    done = autograder("grade", "reference", cwd=tiny)
    assert done.returncode == 2
    assert "trapezoid.py is not Python" in done.stderr


def test_limits_of_one_exercise(edited):
    kit = Kit.load(edited("points = 10", "points = 10\nlimits = { seconds = 7 }"))
    limits = kit.exercises["trapezoid"].limits
    assert (limits.seconds, limits.memory_mb) == (7, 512)


def test_an_unknown_exercise_is_told(tiny):
    with pytest.raises(UsageError, match="did you mean 'trapezoid'"):
        Kit.load(tiny).chosen(["trapezoids"])


def test_the_digest_follows_what_decides_a_score(tiny):
    before = Kit.load(tiny).sha256
    (tiny / "exercises/trapezoid.py").write_text("# another stub\n")
    assert Kit.load(tiny).sha256 == before
    for name, text in {
        "grader.toml": '\nreveal = "full"\n',
        "reference/trapezoid.py": "\n# changed\n",
        "hidden_tests/test_trapezoid.py": "\n# changed\n",
    }.items():
        with (tiny / name).open("a") as file:
            file.write(text)
        after = Kit.load(tiny).sha256
        assert after != before
        before = after


def test_the_nearest_kit_is_found(tiny, monkeypatch):
    monkeypatch.chdir(tiny / "reference/mistakes")
    assert find_kit(None, None) == tiny
    monkeypatch.chdir(tiny.parent)
    with pytest.raises(UsageError, match="--kit DIR"):
        find_kit(None, None)


def test_a_kit_inside_the_submission_is_never_used(tiny, monkeypatch):
    inner = shutil.copytree(tiny, tiny / "students/ada/work")
    monkeypatch.chdir(inner)
    assert find_kit(None, inner) == tiny
    assert find_kit(None, inner.parent) == tiny
    with pytest.raises(UsageError, match="inside the submission"):
        find_kit(inner, inner.parent)
    assert find_kit(tiny, inner) == tiny
    # A single file may have been handed in with one beside it.
    (inner / "work.py").touch()
    assert find_kit(None, inner / "work.py") == tiny
    assert find_kit(inner, inner / "work.py") == inner
    # Where it is the only one, it is named: it may be the instructor's own.
    (tiny / "grader.toml").unlink()
    with pytest.raises(UsageError, match=r"work/grader\.toml lies inside .*, or beside it"):
        find_kit(None, inner / "work.py")


def broken_test(tiny: Path, text: str) -> str:
    (tiny / "hidden_tests/test_trapezoid.py").write_text(text)
    done = autograder("grade", "reference", cwd=tiny)
    assert done.returncode == 2
    return done.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_like_that\n", "cannot be collected"),
        ("x = 1\n", "holds no test"),
        ("import pytest\n@pytest.mark.wieght(2)\ndef test_a(student): pass\n", "wieght"),
        ("import pytest\n@pytest.mark.weight(0)\ndef test_a(student): pass\n", "above 0"),
        (
            "import pytest\n@pytest.mark.weight('a')\ndef test_a(student): pass\n",
            "a number above 0",
        ),
        ("import pytest\n@pytest.mark.after('test_b')\ndef test_a(student): pass\n", "test_b"),
    ],
)
def test_hidden_tests_that_cannot_be_used_are_told(tiny, text, said):
    assert said in broken_test(tiny, text)


def test_an_assignment_that_cannot_be_used_leaves_nothing_behind(tiny):
    (tiny / "hidden_tests/test_trapezoid.py").write_text("x = 1\n")
    modules, path, threads = set(sys.modules), list(sys.path), threading.active_count()
    with pytest.raises(KitError, match="holds no test"), Grader(Kit.load(tiny)):
        pass
    assert not {name for name in set(sys.modules) - modules if name.startswith("test_")}
    assert (sys.path, threading.active_count()) == (path, threads)
