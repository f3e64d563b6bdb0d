"""What a graded cell asks where nbgrader itself runs a notebook: ``points("stable")``.

The cell runs in a kernel that nothing confines, after the student's cells. So nothing is judged
here: a grader is started as a process of its own, reads the notebook from its file, and runs what
is in it in its own confined workers, as ever. What the kernel makes of the answer is beyond
anybody's control: student code has run in it, and could have replaced this very function.

What nbgrader takes the cell's value for decides what is returned, and how. An error is 0 points
there, and nothing at all is full marks. So a fault of the grader's ends the kernel: nbgrader then
says which submission it could not grade, and enters no score.
"""

from __future__ import annotations

import os
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

from pydantic import ValidationError

from autograder.errors import GraderFault, UsageError
from autograder.kit import Kit, find_kit
from autograder.report.brief import brief
from autograder.report.view import view
from autograder.result import Result

__all__ = ["KIT", "points"]

KIT = "ONEWALK_KIT"
"""The environment variable that says where the assignment is; nbgrader_config.py sets it."""


def points(name: str) -> float | None:
    """Grade the notebook in the current folder, and give an exercise's points.

    What was lost is printed, to be read in nbgrader's feedback.

    Parameters
    ----------
    name
        The exercise.

    Returns
    -------
    None where ``nbgrader validate`` runs the notebook: it has no say in points.
    """
    if os.environ.get("NBGRADER_EXECUTION") == "validate":
        return None
    try:
        result = _graded()
        index = [e.name for e in result.exercises].index(name)
        score = result.exercises[index].score
        if score is None:
            raise GraderFault(f"the grader itself failed over {name}")
        print("\n".join(brief(view(result).exercises[index])))
    # A full disk, or nbgrader's own interrupt when its time is up: all else would be 0 points.
    except BaseException as error:
        _end_kernel(f"{name}: {error or type(error).__name__}")
    return score


def _graded() -> Result:
    given = os.environ.get(KIT)
    kit = Kit.load(find_kit(Path(given) if given else None, None))
    notebook = f"{kit.config.kit.name}.ipynb"
    names = [notebook, *(e.stub.name for e in kit.exercises.values() if e.is_sheet)]
    files = {name: Path(name).read_bytes() for name in names if Path(name).is_file()}
    if notebook not in files:
        raise UsageError(f"there is no {notebook} in the folder {Path.cwd()}")
    # For everybody the same questions, which nobody knows who does not know the hidden tests.
    return _graded_once(kit.root, int(kit.sha256[:12], 16), tuple(files.items()))


@lru_cache(maxsize=1)
def _graded_once(kit: Path, seed: int, files: tuple[tuple[str, bytes], ...]) -> Result:
    """Grade these files, all exercises at once: each cell asks again."""
    with TemporaryDirectory() as folder:
        for name, data in files:
            (Path(folder) / name).write_bytes(data)
        done = subprocess.run(
            [
                # Not with the current folder first, where a student may have a random.py.
                *(sys.executable, "-P", "-m", "autograder", "grade", folder),
                *("--json", "-", "--kit", str(kit), "--seed", str(seed)),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    try:
        return Result.model_validate_json(done.stdout)
    except ValidationError:
        last = done.stderr.strip().splitlines()[-1:]
        raise GraderFault(f"nothing was graded: {' '.join(last)}") from None


def _end_kernel(why: str) -> NoReturn:
    """End this process, and with it the grading of this notebook by nbgrader."""
    os.write(2, f"autograder: {why}\n".encode())
    os._exit(3)
