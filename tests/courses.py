"""A course of nbgrader's, for tests: a small assignment, nbgrader's commands, students' notebooks.

The assignment is the smallest one, with an exercise that uses another's function, a sheet of
answers and a deadline.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

__all__ = ["NAME", "Commands", "Course", "small_kit"]

NAME = "trapezoid"

_MORE = """
[late]
deadline = 2026-11-20T12:00:00Z
loss_per_day = 10

[exercise.area]
title = "The area between two curves"
points = 6
functions = { area = "number" }

[exercise.pencil]
title = "With a pencil"
points = 4
"""
_FILES = {
    "exercises/area.py": '''
"""Between two curves."""

import numpy as np


def area(upper: np.ndarray, lower: np.ndarray) -> float:
    """The area between two curves whose samples are a unit apart.

    >>> float(area(np.array([1.0, 3.0]), np.array([0.0, 0.0])))
    2.0
    """
    # A difference of curves is a curve.
    raise NotImplementedError
''',
    "reference/area.py": '''
"""The difference is a curve as well."""

from __future__ import annotations

import math

import numpy as np
from exercises.trapezoid import trapezoid as integral

# A unit apart.
APART = math.cos(0)


def area(upper, lower):
    """What the reference says of itself."""
    # Sure to be a curve.
    return integral(difference(upper, lower), APART)


def difference(one, other):
    return one - other
''',
    "hidden_tests/test_area.py": '''
import numpy as np
import pytest

from autograder.expect import expect


@pytest.mark.weight(2)
def test_constant(student):
    """between two constants"""
    expect(student.area(np.full(5, 3.0), np.full(5, 1.0)) == 8, "Not right.")


def test_random(student, rng):
    """between samples and nothing"""
    y = rng.normal(size=4)
    right = y.sum() - (y[0] + y[-1]) / 2
    expect(abs(student.area(y, 0 * y) - right) < 1e-9, "Not right.")
''',
    "exercises/pencil.toml": '# Half of one, and a third of it.\nhalf = ""\nthird = ""\n',
    "reference/pencil.toml": "half = 0.5\nthird = 0.3333\n",
    "hidden_tests/test_pencil.py": '''
from autograder.expect import expect


def test_half(student):
    """half of one"""
    expect(student.number("half") == 0.5, "Not right.")


def test_third(student):
    """a third of one"""
    expect(abs(student.number("third") - 1 / 3) < 1e-3, "Not right.")
''',
}


def small_kit(folder: Path) -> Path:
    """Write the assignment."""
    shutil.copytree(ROOT / "docs/tiny-assignment", folder)
    with (folder / "grader.toml").open("a") as file:
        file.write(_MORE)
    for name, text in _FILES.items():
        (folder / name).write_text(text.lstrip("\n"))
    return folder


# nbgrader takes seconds to import; so one process has done so, and each command is a fork of it.
_COMMANDS = """
import json, os, sys
import nbgrader.api, nbgrader.apps.nbgraderapp
import autograder.cli, autograder.exchange.nbgrader

MAIN = {"nbgrader": nbgrader.apps.nbgraderapp.main, "autograder": autograder.cli.main}
for line in sys.stdin:
    sys.argv, folder, out, err = json.loads(line)
    if not (child := os.fork()):
        os.chdir(folder)
        for fd, name in ((1, out), (2, err)):
            os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), fd)
        MAIN[sys.argv[0]]()
        sys.exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Commands:
    """Runs the commands of nbgrader and of this package; use it with ``with``.

    Parameters
    ----------
    home
        An empty folder, for what Jupyter writes.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        scripts = sysconfig.get_path("scripts")
        self._process = subprocess.Popen(
            [sys.executable, "-c", _COMMANDS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                **os.environ,
                # In an activated environment; nothing is written outside.
                "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}",
                "HOME": str(home),
                "IPYTHONDIR": str(home / "ipython"),
                "JUPYTER_PLATFORM_DIRS": "1",
            },
        )

    def __enter__(self) -> Commands:
        return self

    def __exit__(self, *_: object) -> None:
        with self._process:  # closes what it reads from, at whose end it ends
            pass

    def run(self, *command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """Run one command to its end."""
        arguments = [*map(str, command)]
        out, err = self._home / "out", self._home / "err"
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([arguments, str(cwd), str(out), str(err)]) + "\n")
        self._process.stdin.flush()
        code = int(self._process.stdout.readline())
        return subprocess.CompletedProcess(arguments, code, out.read_text(), err.read_text())


class Course:
    """A course in a folder, and the real nbgrader."""

    def __init__(self, root: Path, commands: Commands) -> None:
        self.root = root
        self.commands = commands

    def nbgrader(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of nbgrader's as its users do, in the course's folder."""
        return self.commands.run("nbgrader", *arguments, cwd=self.root)

    def notebook(self, step: str) -> Any:
        return json.loads((self.root / step / NAME / f"{NAME}.ipynb").read_text())

    def hand_in(
        self,
        student: str,
        when: str | None = "2026-11-20 11:00:00.5 UTC",
        pencil: str | None = None,
        notebook: Any = None,
        **solutions: str,
    ) -> Path:
        """Hand in what was released, with these solutions in it, as the exchange leaves it."""
        folder = self.root / "submitted" / student / NAME
        shutil.copytree(self.root / "release" / NAME, folder)
        notebook = notebook or self.notebook("release")
        for cell in notebook["cells"]:
            name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
            if name.removesuffix("-solution") in solutions and name.endswith("-solution"):
                cell["source"] = solutions[name.removesuffix("-solution")]
        (folder / f"{NAME}.ipynb").write_text(json.dumps(notebook))
        if pencil is not None:
            (folder / "pencil.toml").write_text(pencil)
        if when is not None:
            (folder / "timestamp.txt").write_text(when)
            (folder / "submission_secret.txt").write_text(f"secret of {student}")
        return folder

    def grades(self) -> dict[str, dict[str, str]]:
        """What `nbgrader export` writes, by student."""
        done = self.nbgrader("export", "--to", "out.csv")
        assert done.returncode == 0, done.stderr
        with (self.root / "out.csv").open(encoding="utf-8", newline="") as file:
            return {row["student_id"]: row for row in csv.DictReader(file)}

    def cells(self, book: str = "gradebook.db") -> dict[tuple[str, str], dict[str, Any]]:
        """The rows of the gradebook's grades, by student and cell."""
        rows = self._rows(
            "select student.id student, base_cell.name cell, grade.*, grade_cells.max_score"
            " from grade join base_cell on grade.cell_id = base_cell.id"
            " join grade_cells on grade_cells.id = base_cell.id"
            " join submitted_notebook n on grade.notebook_id = n.id"
            " join submitted_assignment a on n.assignment_id = a.id"
            " join student on a.student_id = student.id",
            book,
        )
        return {(row["student"], row["cell"]): row for row in rows}

    def comments(self) -> dict[tuple[str, str], str | None]:
        """What the grader says of solutions, by student and cell."""
        rows = self._rows(
            "select student.id student, base_cell.name cell, comment.auto_comment"
            " from comment join base_cell on comment.cell_id = base_cell.id"
            " join submitted_notebook n on comment.notebook_id = n.id"
            " join submitted_assignment a on n.assignment_id = a.id"
            " join student on a.student_id = student.id"
        )
        return {(row["student"], row["cell"]): row["auto_comment"] for row in rows}

    def change(self, statement: str) -> None:
        """Change the gradebook as the formgrader does."""
        with sqlite3.connect(self.root / "gradebook.db") as book:
            book.execute(statement)

    def dump(self) -> list[str]:
        with sqlite3.connect(self.root / "gradebook.db") as book:
            return list(book.iterdump())

    def _rows(self, query: str, book: str = "gradebook.db") -> list[dict[str, Any]]:
        with sqlite3.connect(self.root / book) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query)]
