"""Seconds for each submission: nbgrader, Otter-Grader and a bare pytest, and `autograder batch`.

    python benchmarks/peers.py --peers /path/to/python [--submissions 4] [--students 60]

``--peers`` is a Python of another environment with what is compared:
``pip install nbgrader otter-grader numpy pytest``. All are run as shipped, one after the other in
one go on the same machine, start of the command included. The others get eight functions of the
assignment with one short test for each, and confine nothing; ``autograder batch`` gets all NumPy
exercises and drills with every hidden test, each in a fresh confined process, on all cores.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from batch import batch, make_class, make_kit

ROOT = Path(__file__).parents[1]

# One test for each function: the same text is a cell, a doctest-like case or a pytest function.
TESTS = {
    "softmax_naive": "assert np.allclose(softmax_naive(X), P)",
    "softmax_stable": "assert np.allclose(softmax_stable(X + 1000), P)",
    "log_sum_exp": "assert np.allclose(log_sum_exp(X), np.log(np.exp(X).sum(-1)))",
    "log_softmax": "assert np.allclose(log_softmax(X), np.log(P))",
    "cross_entropy": "assert np.allclose(cross_entropy(X, [0, 1]), -np.log([P[0, 0], P[1, 1]]))",
    "softmax_online": "assert np.allclose(softmax_online(X[0]), P[0])",
    "softmax_chunked": "assert np.allclose(softmax_chunked(X[0], 2), P[0])",
    "attention_online": "assert np.allclose(attention_online(X, [(X, X)], 1.0), A @ X)",
}
SETUP = """\
import numpy as np
X = np.array([[2.0, 1.0, 3.0], [1.0, 3.0, 2.0]])
P = np.exp(X) / np.exp(X).sum(-1, keepdims=True)
S = np.exp(X @ X.T)
A = S / S.sum(-1, keepdims=True)
"""
FILES = ("naive", "stable", "log_sum_exp", "cross_entropy", "online", "merge", "attention")


def solutions() -> list[str]:
    """The references as they would stand in the cells of one notebook."""
    texts = [(ROOT / "reference" / f"{name}.py").read_text() for name in FILES]
    ours = "|".join(FILES)
    return [re.sub(rf"^from (exercises\.)?({ours}) import .*\n", "", t, flags=re.M) for t in texts]


def run(command: list[str | Path], folder: Path) -> float:
    """Seconds that a command takes; it must succeed."""
    programs = f"{Path(command[0]).parent}{os.pathsep}{os.environ['PATH']}"  # nbgrader's alembic
    env = {**os.environ, "HOME": str(folder), "PATH": programs, "JUPYTER_PLATFORM_DIRS": "1"}
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=env)
    seconds = time.perf_counter() - began
    if done.returncode:
        sys.exit(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return seconds


def notebook(cells: list[dict]) -> str:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def cell(number: int, text: str, **nbgrader: object) -> dict:
    metadata: dict = {}
    if nbgrader:
        metadata["nbgrader"] = {"schema_version": 3, "cell_type": "code", "task": False, **nbgrader}
    return {
        "cell_type": "code",
        "id": f"cell{number}",
        "metadata": metadata,
        "source": text,
        "outputs": [],
        "execution_count": None,
    }


def nbgrader(python: Path, folder: Path, count: int) -> float:
    """A course of one assignment; all submissions in one command."""
    shown = {"grade": False, "solution": False, "locked": True, "points": 0}
    cells = [cell(0, SETUP, grade_id="setup", **shown)]
    for number, text in enumerate(solutions(), start=1):
        solved = f"### BEGIN SOLUTION\n{text}### END SOLUTION\n"
        asks = {"grade": False, "solution": True, "locked": False, "points": 0}
        cells.append(cell(number, solved, grade_id=f"solution{number}", **asks))
    for number, (name, test) in enumerate(TESTS.items(), start=20):
        tests = {"grade": True, "solution": False, "locked": True, "points": 1}
        cells.append(cell(number, test, grade_id=f"test_{name}", **tests))
    source = folder / "source/ps/ps.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(notebook(cells))
    (folder / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.root = {str(folder)!r}\n"
    )
    command = [python, "-m", "nbgrader"]
    run([*command, "generate_assignment", "ps", "--create"], folder)
    for number in range(count):
        handed_in = folder / f"submitted/student{number}/ps/ps.ipynb"
        handed_in.parent.mkdir(parents=True)
        handed_in.write_text(source.read_text())
    return run([*command, "autograde", "ps"], folder) / count


def otter(python: Path, folder: Path, count: int) -> float:
    """``otter run``, which is one command for each submission."""
    tests = folder / "tests"
    tests.mkdir(parents=True)
    for name, test in TESTS.items():
        case = "".join(f">>> {line}\n" for line in test.splitlines())
        suites = [{"cases": [{"code": case, "hidden": False, "locked": False}], "type": "doctest"}]
        suite = {"name": name, "points": 1, "suites": suites}
        (tests / f"{name}.py").write_text(f"OK_FORMAT = True\ntest = {suite!r}\n")
    (folder / "requirements.txt").write_text("numpy\n")
    run([python, "-m", "otter", "generate", "-t", tests, "-o", folder / "autograder.zip"], folder)
    cells = [cell(n, text) for n, text in enumerate([SETUP, *solutions()])]
    handed_in = folder / "ps.ipynb"
    handed_in.write_text(notebook(cells))
    out = folder / "out"
    out.mkdir()
    command = [python, "-m", "otter", "run", "-a", folder / "autograder.zip", "-o", out, handed_in]
    return sum(run(command, folder) for _ in range(count)) / count


def bare_pytest(python: Path, folder: Path, count: int) -> float:
    """A process of pytest for each submission."""
    folder.mkdir()
    (folder / "solution.py").write_text("\n".join([SETUP, *solutions()]))
    tests = "".join(f"def test_{name}():\n    {test}\n" for name, test in TESTS.items())
    (folder / "test_solution.py").write_text(f"from solution import *\n{tests}")
    command = [python, "-m", "pytest", "-q", "test_solution.py"]
    return sum(run(command, folder) for _ in range(count)) / count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, required=True, metavar="PYTHON")
    parser.add_argument("--submissions", type=int, default=4, metavar="N", help="of each peer")
    parser.add_argument("--students", type=int, default=60, metavar="N", help="of autograder batch")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        kit = make_kit(Path(temporary, "kit"))
        students = make_class(Path(temporary, "class"), kit, options.students)
        ours = batch(kit, students, Path(temporary, "results")).whole / options.students
        print(f"{'autograder batch':<20}{ours:>8.3f} s a submission, {1 / ours:.1f} a second")
        for peer in (bare_pytest, nbgrader, otter):
            folder = Path(temporary, peer.__name__)
            seconds = peer(options.peers, folder, options.submissions)
            print(f"{peer.__name__:<20}{seconds:>8.3f} s a submission, {seconds / ours:.1f} times")
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
