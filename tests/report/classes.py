"""A class that is made up, from a seed: to look at its pages, and to measure them.

Nobody handed this in and nothing was graded. Names of exercises, tests, hints and mistakes
are the assignment's own; the students, their scores, times and errors are drawn by a model:
each student has an ability, each mistake fails some tests of its exercise, each test has a
difficulty. One test is made to go against the rest, and one is passed by nobody.

    python -m tests.report.classes FOLDER [STUDENTS]

writes such a class as ``autograder batch`` would.
"""

from __future__ import annotations

import ast
import functools
import math
import random
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.result import (
    Adjustment,
    Confinement,
    Diagnosis,
    Environment,
    ExerciseResult,
    Finding,
    KitInfo,
    Result,
    Status,
    SubmissionInfo,
    TestResult,
)

ROOT = Path(__file__).parent.parent.parent

FIRST = (
    "Ada Noor Tomas Mei Ravi Ines Jonas Aiko Samuel Leila Piotr Chloe Omar Sofia Emeka Freya Diego"
    " Hana Lukas Zoë Kofi Maja Yusuf Elena Nils Priya Marek Aoife Bilal Greta"
).split()
LAST = (
    "Abara Brandt Castillo Dvořák Eriksen Fontaine Gupta Haddad Ito Jansen Kowalski Lindqvist"
    " Moreau Nakamura Okafor Petrov Quist Rossi Schäfer Tanaka Umar Vasquez Weber Xu Yilmaz Zeman"
).split()


@dataclass(frozen=True)
class Spec:
    """A test as the assignment has it."""

    id: str
    title: str
    weight: float
    hint: str
    difficulty: float


@dataclass(frozen=True)
class Mistake:
    name: str
    title: str
    fails: frozenset[str]


@dataclass(frozen=True)
class Part:
    """An exercise as the assignment has it."""

    name: str
    points: float
    gpu: bool
    tests: tuple[Spec, ...]
    mistakes: tuple[Mistake, ...]


@functools.cache
def assignment() -> tuple[Part, ...]:
    """Read the assignment's files, running none of them."""
    config = tomllib.loads((ROOT / "grader.toml").read_text(encoding="utf-8"))
    return tuple(
        part(name, table["points"], gpu=kind == "gpu_task")
        for kind in ("exercise", "gpu_task")
        for name, table in config[kind].items()
    )


def part(name: str, points: float, gpu: bool) -> Part:
    path = ROOT / "hidden_tests" / f"test_{'gpu_' * gpu}{name}.py"
    random_ = random.Random(name)
    tests = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said = {
                ast.unparse(d.func).rpartition(".")[2]: ast.literal_eval(d.args[0])
                for d in node.decorator_list
                if isinstance(d, ast.Call) and isinstance(d.args[0], ast.Constant)
            }
            title = (ast.get_docstring(node) or node.name).splitlines()[0]
            tests.append(
                Spec(
                    f"{path.name}::{node.name}",
                    title.rstrip("."),
                    float(said.get("weight", 1.0)),
                    said.get("hint", ""),
                    random_.gauss(-1.2, 1.0),
                )
            )
    mistakes = []
    for file in sorted((ROOT / "reference/mistakes" / name).glob("*.py")):
        fails = random_.sample(tests, k=min(len(tests), random_.randint(2, 6)))
        text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
        title = text.partition("\n")[0] or file.stem.replace("-", " ")
        mistakes.append(Mistake(file.stem, title, frozenset(t.id for t in fails)))
    return Part(name, float(points), gpu, tuple(tests), tuple(mistakes))


def made_up_class(students: int, seed: int = 7) -> Iterator[tuple[str, Result]]:
    """Make as many students, each with the name of the folder and the document."""
    draw = random.Random(seed)
    for number in range(students):
        name = f"{draw.choice(FIRST)} {draw.choice(LAST)}"
        yield f"{name} {number + 1:03}", _student(name, number, draw)


def _student(name: str, number: int, draw: random.Random) -> Result:
    ability = draw.gauss(-0.2, 1.0)
    # Who is behind hands in less, and the last exercises least.
    exercises = [_exercise(p, ability, draw) for p in assignment()]
    findings = []
    if number % 37 == 5:
        text = "The process was ended: it called connect, which no exercise needs."
        where = draw.choice(exercises).name
        findings.append(Finding(severity="warning", exercise=where, text=text))
    if number % 61 == 9:
        text = "Left out of the archive: ../../outside.txt, which leads out of it."
        findings.append(Finding(severity="warning", text=text))
    if number % 9 == 2:
        findings.append(Finding(severity="info", text="Notebook, lines of the shell passed over."))
    score = round(sum(e.score or 0.0 for e in exercises), 6)
    late = draw.choice([0, 0, 0, 0, 0, 0, 0, 1, 2])
    penalty = [Adjustment(reason=f"{late} days late", points=-round(0.05 * late * score, 2))]
    return Result(
        kit=KitInfo(name="onewalk", version="0.1.0", sha256="5f1d" * 16),
        submission=SubmissionInfo(id=name, sha256=f"{number:064x}", files=["exercises/stable.py"]),
        seed=1234,
        graded_at=f"2026-11-21T10:{number // 60 % 60:02}:{number % 60:02}Z",
        environment=Environment(python="3.11.7", numpy="2.4.6"),
        confinement=Confinement(
            landlock=7, seccomp=True, namespaces=["user", "pid"], user="nobody", cgroup=True
        ),
        status="graded",
        score=score,
        max_score=round(sum(e.max_score for e in exercises), 6),
        deferred_score=round(sum(e.deferred_score for e in exercises), 6),
        adjustments=penalty if late else [],
        final_score=round(score + (penalty[0].points if late else 0.0), 6),
        exercises=exercises,
        findings=findings,
    )


def _exercise(part: Part, ability: float, draw: random.Random) -> ExerciseResult:
    missing = draw.random() < _logistic(-3.2 - ability + 1.5 * part.gpu)
    careful = draw.random() < _logistic(ability)
    mistake = None
    if part.mistakes and not missing and not careful and draw.random() < 0.6:
        # A few mistakes are common, most are rare.
        mistake = part.mistakes[min(len(part.mistakes) - 1, int(draw.expovariate(0.6)))]
    total = sum(t.weight for t in part.tests)
    tests = [
        _test(t, part, t.weight / total, mistake, missing, careful, ability, draw)
        for t in part.tests
    ]
    deferred = sum(t.max_score for t in tests if t.status == "deferred")
    measurements: dict[str, Any] = {}
    if not missing:
        measurements = _measured(part, ability, mistake is not None, draw)
    named = [
        Diagnosis(
            mistake=mistake.name,
            title=mistake.title,
            text="All of your answers are those of this mistake.",
        )
        for mistake in [mistake]
        if mistake
    ]
    return ExerciseResult(
        name=part.name,
        score=round(sum(t.score or 0.0 for t in tests), 6),
        max_score=round(part.points - deferred, 6),
        deferred_score=round(deferred, 6),
        diagnosis=named,
        measurements=measurements,
        tests=tests,
    )


def _test(
    test: Spec,
    part: Part,
    share: float,
    mistake: Mistake | None,
    missing: bool,
    careful: bool,
    ability: float,
    draw: random.Random,
) -> TestResult:
    passes = draw.random() < _logistic(2.0 * ability - test.difficulty + 3 * careful)
    if mistake is not None:
        passes = test.id not in mistake.fails
    if test.id.endswith("test_stable.py::test_layouts"):
        passes = draw.random() < _logistic(0.9 - 0.7 * ability)  # made to go against the rest
    elif test.id.endswith("test_merge.py::test_sizes"):
        passes = False
    status: Status = "passed" if passes else draw.choices(_FAILS, _ODDS)[0]
    if status == "forbidden" and part.name != "online":
        status = "failed"
    feedback = _FEEDBACK.get(status, "")
    if "bfloat16" in test.id:
        status, feedback = "deferred", "Needs a GPU: bfloat16 is not known to the interpreter."
    if missing:
        status, feedback = "missing", f"There is no exercises/{part.name}.py."
    most = round(part.points * share, 6)
    return TestResult(
        id=test.id,
        title=test.title,
        status=status,
        score=most if status == "passed" else 0.0,
        max_score=most,
        feedback=feedback,
        hint="" if status == "passed" else test.hint,
        duration_s=0.0 if missing else round(draw.lognormvariate(-6 + 3 * part.gpu, 0.6), 6),
    )


_FAILS: list[Status] = ["failed", "error", "timeout", "forbidden", "crashed", "out_of_memory"]
_ODDS = [80, 14, 3, 2, 0.4, 0.6]
_FEEDBACK: dict[Status, str] = {
    "failed": "Wrong in 12 of 33 places, at worst off by 0.41 where at most 3.1e-11 is rounding,"
    " for 3 rows of 11 logits.",
    "error": "Raised IndexError in line 12: return e / e.sum(axis=1)",
    "timeout": "No answer within 5 seconds.",
    "forbidden": "The stream was asked for twice.",
    "crashed": "The process died (SIGSEGV).",
    "out_of_memory": "More than 512 MB on top of Python and NumPy.",
}


def _measured(part: Part, ability: float, wrong: bool, draw: random.Random) -> dict[str, Any]:
    measured: dict[str, Any] = {"peak_memory_mb": round(draw.lognormvariate(3.3, 0.25))}
    if part.gpu:
        measured |= {
            "walks_read": 1.0 if ability > 0 else 2.0,
            "walks_written": 1.0,
            "registers": draw.choice([32, 40, 48, 64]),
        }
        return measured
    curve: list[list[float | None]] = []
    bounds: list[list[float]] = []
    for ten in (-3, -1, 0, 1, 2, 3, 4):
        breaks = wrong and ten >= 3
        curve.append([10.0**ten, None if breaks else float(f"{draw.lognormvariate(-35, 0.8):.3g}")])
        bounds.append([10.0**ten, float(f"{1e-11 + 16 * 2.2e-16 * 10.0 ** max(0, ten):.3g}")])
    return measured | {"error_by_magnitude": curve, "allowed_by_magnitude": bounds}


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value))


def write_class(folder: Path, students: int) -> None:
    """Write a class as a batch would."""
    for name, result in made_up_class(students):
        place = folder / re.sub(r"[^\w-]+", "-", name.lower())
        place.mkdir(parents=True, exist_ok=True)
        (place / "result.json").write_text(result.to_json(), encoding="utf-8")


if __name__ == "__main__":
    write_class(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 300)
