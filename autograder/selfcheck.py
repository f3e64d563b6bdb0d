"""``autograder check``: the assignment proves itself before students meet it.

Stubs score 0, references score everything and pass their own public examples, every known
mistake loses points, and every hidden test says what it is about and gives a hint.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.examples import try_exercise
from autograder.grading import Grader, fresh_seed
from autograder.intake import Submission
from autograder.kit import Exercise, Kit
from autograder.result import ExerciseResult
from autograder.sandbox.loader import Source, StudentCode
from autograder.sandbox.servers import Servers

__all__ = ["Check", "run_checks"]


@dataclass(frozen=True)
class Check:
    """One thing that must hold of an assignment.

    Attributes
    ----------
    what
        In words.
    holds
        Whether it does.
    detail
        Figures, or what is wrong.
    """

    what: str
    holds: bool
    detail: str = ""


def run_checks(kit: Kit, seed: int | None = None) -> Iterator[Check]:
    """Check an assignment, one exercise after another."""
    seed = fresh_seed() if seed is None else seed
    references = {e.name: e.reference for e in kit.exercises.values()}
    stubs = {e.name: e.stub for e in kit.exercises.values()}
    with Servers() as servers:
        with Grader(kit, servers=servers) as grader:
            yield from _check_tests(grader)
            untouched = grader.grade(_submission(kit, "stubs", stubs), seed)
            solved = grader.grade(_submission(kit, "references", references), seed)
        for exercise, stub, reference in zip(
            kit.exercises.values(), untouched.exercises, solved.exercises, strict=True
        ):
            yield Check(f"{exercise.name}: the stub scores 0", stub.score == 0, _score(stub))
            full = reference.score == reference.max_score
            yield Check(f"{exercise.name}: the reference scores all", full, _score(reference))
            if not exercise.is_sheet:
                yield _check_examples(kit, exercise, references)
            with Grader(kit, [exercise.name], servers=servers) as grader:
                yield from _check_mistakes(kit, grader, exercise, references, seed)


def _check_tests(grader: Grader) -> Iterator[Check]:
    silent = [t.id for t in grader.tests if not t.hint]
    yield Check(
        f"{len(grader.tests)} hidden tests, each with a hint",
        not silent,
        f"without: {', '.join(silent)}" if silent else "",
    )


def _check_examples(kit: Kit, exercise: Exercise, references: dict[str, Path]) -> Check:
    what = f"{exercise.name}: the reference passes the public examples"
    stub = exercise.stub.read_text(encoding="utf-8")
    code = _submission(kit, "references", references).code
    tried = try_exercise(
        exercise.name,
        stub,
        list(code.sources),
        dict(code.modules),
        exercise.limits.seconds,
        in_triton=exercise.is_gpu_task,
    )
    failed = [e.source.strip() for e in tried.examples if not e.passed]
    detail = tried.problem or (
        f"wrong: {failed[0]}" if failed else f"{len(tried.examples)} examples"
    )
    return Check(what, tried.passed, detail)


def _check_mistakes(
    kit: Kit, grader: Grader, exercise: Exercise, references: dict[str, Path], seed: int
) -> Iterator[Check]:
    for path in exercise.mistakes:
        what = f"{exercise.name}: {path.stem} loses points"
        title = _title(path)
        if not title:
            yield Check(what, False, "its docstring, which names the mistake, is missing")
            continue
        changed = _submission(kit, path.stem, {**references, exercise.name: path})
        loss = grader.first_loss(changed, seed)
        if loss is None:
            yield Check(what, False, f"no hidden test finds it: {title}")
        elif loss.status == "grader_error":
            yield Check(what, False, f"a fault of the grader: {loss.feedback}")
        else:
            yield Check(what, True, f"{title}; found by “{loss.title}”")


def _title(mistake: Path) -> str:
    """The first line of its docstring, or of the comment that a sheet begins with."""
    text = mistake.read_text(encoding="utf-8")
    if mistake.suffix == ".toml":
        first = text.partition("\n")[0]
        return first.removeprefix("#").strip() if first.startswith("#") else ""
    doc = ast.get_docstring(ast.parse(text)) or ""
    return doc.partition("\n")[0]


def _submission(kit: Kit, identity: str, files: dict[str, Path]) -> Submission:
    sources = {
        name: Source(kit.exercises[name].path, path.read_text(encoding="utf-8"))
        for name, path in files.items()
    }
    modules = [name for name, path in files.items() if path.suffix == ".py"]
    code = StudentCode(
        [sources.pop(name) for name in modules],
        {name: index for index, name in enumerate(modules)},
        list(files),
    )
    return Submission(identity, code, sources)


def _score(exercise: ExerciseResult) -> str:
    if exercise.score is None:
        return "a fault of the grader"
    return f"{exercise.score:.4g} of {exercise.max_score:.4g}"
