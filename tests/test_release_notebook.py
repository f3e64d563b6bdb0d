"""Exercises as cells: the stub with the reference in it; what cannot be one is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from autograder.errors import KitError
from autograder.kit import Kit
from autograder.release.nbgrader import release
from autograder.release.notebook import exercise_cells
from tests.conftest import ROOT
from tests.courses import small_kit


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    return small_kit(tmp_path / "kit")


def cells(kit: Path) -> dict[str, str]:
    return {cell.exercise.name: cell.source for cell in exercise_cells(Kit.load(kit))}


def test_a_cell_is_the_stub_around_the_reference(kit: Path):
    assert (
        cells(kit)["area"]
        == '''import numpy as np


def area(upper: np.ndarray, lower: np.ndarray) -> float:
    """The area between two curves whose samples are a unit apart.

    >>> float(area(np.array([1.0, 3.0]), np.array([0.0, 0.0])))
    2.0
    """
    # A difference of curves is a curve.
    ### BEGIN SOLUTION
    # Sure to be a curve.
    return integral(difference(upper, lower), APART)


import math
integral = trapezoid
# A unit apart.
APART = math.cos(0)


def difference(one, other):
    return one - other
    ### END SOLUTION'''
    )


def test_this_assignment_is_a_notebook_that_runs(tmp_path: Path):
    scope: dict[str, object] = {}
    kit = Kit.load(ROOT)
    for cell in exercise_cells(kit):
        if not cell.exercise.is_gpu_task:
            exec(cell.source, scope)
    assert {f for e in kit.exercises.values() if not e.is_gpu_task for f in e.functions} <= set(
        scope
    )
    assert release(kit) == release(kit)


def test_examples_that_pass_fail_warn_or_are_gone(
    kit: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    name = "source/trapezoid/trapezoid.ipynb"
    notebook = json.loads(release(Kit.load(kit))[name])
    cell = next(c for c in notebook["cells"] if c["id"] == "run-examples")
    scope: dict[str, Any] = {"__name__": "trapezoid"}
    exec("".join(cell["source"]), scope)
    assert "run_examples" not in scope  # where a worker loads it
    scope = {"__name__": "__main__"}
    exec("".join(cell["source"]), scope)
    functions = (
        "import warnings\n"
        "def good():\n    '>>> good()'\n    warnings.warn('x')\n"
        "def bad():\n    '>>> bad()'\n    return 1\n"
        "def gone():\n    return 1\n"
    )
    exec(functions, scope)
    run = scope["run_examples"]
    run(scope["good"])
    assert capsys.readouterr() == ("all 1 examples pass\n", "")
    with pytest.raises(AssertionError, match="1 of 2 examples fail"):
        run(scope["good"], scope["bad"])
    with pytest.raises(AssertionError, match="are gone"):
        run(scope["gone"])
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    run(scope["bad"])


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("reference/area.py", "def difference", "def trapezoid", "trapezoid is something else in"),
        ("reference/area.py", "def area(upper, lower)", "def area(a, b)", "other parameters"),
        ("reference/area.py", "def area(", "@staticmethod\ndef area(", "area has a decorator"),
        ("reference/area.py", "def area(", "def are(", "there is no function area"),
        ("exercises/area.py", "import numpy", "import numpy(", "is not Python"),
        ("reference/area.py", "import numpy as np", "import cmath as np", "np is something else"),
        ("reference/area.py", "APART = math", "a = 1; APART = math", None),
    ],
)
def test_what_cannot_be_a_cell(kit: Path, file: str, old: str, new: str, what: str | None):
    path = kit / file
    path.write_text(path.read_text().replace(old, new))
    if what is None:
        assert cells(kit)
    else:
        with pytest.raises(KitError, match=what):
            cells(kit)


def test_helpers_of_one_name_that_differ(kit: Path):
    with (kit / "reference/trapezoid.py").open("a") as file:
        file.write("\n\ndef difference(one, other):\n    return other\n")
    with pytest.raises(KitError, match=r"difference is something else in .*trapezoid.py.*rename"):
        cells(kit)


def test_a_name_that_nbgrader_refuses(kit: Path):
    path = kit / "grader.toml"
    path.write_text(path.read_text().replace('"trapezoid"\nversion', '"a+b"\nversion'))
    with pytest.raises(KitError, match="nbgrader takes for no name"):
        release(Kit.load(kit))
