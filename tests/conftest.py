"""What the kit's own tests share: the assignment, a grader for it, submissions made of text."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from autograder.diagnose import Diagnoser
from autograder.grading import Grader
from autograder.intake import read_submission
from autograder.kit import Exercise, Kit, LimitsConfig
from autograder.result import Diagnosis, ExerciseResult, Result
from autograder.sandbox.client import ForkServer
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.task import Run

# One browser for all modules: Playwright does not run twice in a process.
from tests.browser import browser, look, watched  # noqa: F401 (fixtures)

ROOT = Path(__file__).parent.parent
collect_ignore = ["hostile", "honest"]  # submissions, and no tests
SEED = 20_261_121


# How long an example takes is a matter of what else the machine does.
hypothesis.settings.register_profile("onewalk", deadline=None)
hypothesis.settings.load_profile("onewalk")


@pytest.fixture(scope="session")
def whole_kit() -> Kit:
    return Kit.load(ROOT)


@pytest.fixture(scope="session")
def kit(whole_kit: Kit) -> Kit:
    """The assignment without its GPU tasks, which take seconds where others take milliseconds."""
    exercises = {n: e for n, e in whole_kit.exercises.items() if not e.is_gpu_task}
    return replace(whole_kit, exercises=exercises)


@pytest.fixture(scope="session")
def gpu_grader(whole_kit: Kit, servers: Servers) -> Iterator[Grader]:
    """Of the GPU tasks alone."""
    names = [n for n, e in whole_kit.exercises.items() if e.is_gpu_task]
    with Grader(whole_kit, names, servers=servers) as grader:
        yield grader


@pytest.fixture
def one_card(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels are compiled for the first card that a hidden test names, and for no other.

    For those of whom there are many: the compiler takes most of their time. The references and
    the examples are compiled for all.
    """
    compiled = Run.compiled
    monkeypatch.setattr(Run, "compiled", lambda self, first, *_: compiled(self, first))


@pytest.fixture
def gpu_tasks_unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asks which mistake is made in a task in Triton.

    For those of whom there are many: to replay all known mistakes takes seconds each.
    """
    asked = Diagnoser.diagnose

    def diagnose(self: Diagnoser, exercise: Exercise, *rest: Any) -> list[Diagnosis]:
        return [] if exercise.is_gpu_task else asked(self, exercise, *rest)

    monkeypatch.setattr(Diagnoser, "diagnose", diagnose)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """For every grader that does not ask for some of its own: PyTorch takes seconds to import."""
    with Servers() as servers:
        yield servers


@pytest.fixture(scope="session")
def grader(kit: Kit, servers: Servers) -> Iterator[Grader]:
    with Grader(kit, servers=servers) as grader:
        yield grader


@pytest.fixture(scope="session")
def quick_kit(kit: Kit) -> Kit:
    """The assignment with a time limit that tests of endless loops can afford."""
    quick = LimitsConfig(seconds=0.5)
    return replace(kit, exercises={n: replace(e, limits=quick) for n, e in kit.exercises.items()})


@pytest.fixture(scope="session")
def quick_grader(quick_kit: Kit, servers: Servers) -> Iterator[Grader]:
    with Grader(quick_kit, servers=servers) as grader:
        yield grader


@pytest.fixture(scope="session")
def fork_server() -> Iterator[ForkServer]:
    with ForkServer() as server:
        yield server


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the smallest assignment, to break."""
    return shutil.copytree(ROOT / "docs/tiny-assignment", tmp_path / "tiny")


@pytest.fixture
def submit(tmp_path: Path, kit: Kit) -> Callable[..., Path]:
    """Make a submission: the references, with these files (by exercise) in their place."""

    def make(**files: str | bytes | None) -> Path:
        root = tmp_path / "submission"
        folder = root / "exercises"
        folder.mkdir(parents=True, exist_ok=True)
        for name, exercise in kit.exercises.items():
            shutil.copy(exercise.reference, folder / f"{name}.py")
        for name, text in files.items():
            path = folder / f"{name}.py"
            if text is None:
                path.unlink()
            else:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return root

    return make


@pytest.fixture
def graded(grader: Grader, kit: Kit, submit: Callable[..., Path]) -> Callable[..., Result]:
    """Grade the references with these files in their place."""

    def grade(**files: str | bytes | None) -> Result:
        return grader.grade(read_submission(submit(**files), kit.files), SEED)

    return grade


@pytest.fixture
def quickly_graded(
    quick_grader: Grader, kit: Kit, submit: Callable[..., Path]
) -> Callable[..., Result]:
    """The same with a short time limit."""

    def grade(**files: str | bytes | None) -> Result:
        return quick_grader.grade(read_submission(submit(**files), kit.files), SEED)

    return grade


def exercise(result: Result, name: str) -> ExerciseResult:
    return next(e for e in result.exercises if e.name == name)


def statuses(result: Result, name: str) -> set[str]:
    return {t.status for t in exercise(result, name).tests}


def autograder(*args: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "autograder", *map(str, args)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
