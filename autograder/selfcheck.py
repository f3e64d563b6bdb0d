"""``autograder check``: the assignment proves itself before students meet it.

Stubs score 0, references score everything and pass their own public examples, every known
mistake loses points and is named, and every hidden test says what it is about and gives a hint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from autograder.examples import try_exercise
from autograder.grading import Grader, fresh_seed
from autograder.kit import Exercise, Kit
from autograder.mistakes import Mistake, known_mistakes, own_submission
from autograder.plugin import Outcome
from autograder.result import ExerciseResult
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.packages import missing_packages, needs

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
    """Check an assignment, one exercise after another.

    Each task in Triton has a process of its own, beside one for all other exercises: to replay
    its mistakes takes longer than all else together.
    """
    seed = fresh_seed() if seed is None else seed
    tasks = [{n: e} for n, e in kit.exercises.items() if e.is_gpu_task]
    others = {n: e for n, e in kit.exercises.items() if not e.is_gpu_task}
    parts = [replace(kit, exercises=part) for part in (others, *tasks) if part]
    if len(parts) == 1:
        yield from _checks(kit, seed)
        return
    # Spawned: each starts servers of its own, and its parent may have threads.
    with ProcessPoolExecutor(len(parts), get_context("spawn")) as pool:
        for checks in pool.map(_all_checks, parts, [seed] * len(parts)):
            yield from checks


def _all_checks(kit: Kit, seed: int) -> list[Check]:
    return list(_checks(kit, seed))


def _checks(kit: Kit, seed: int) -> Iterator[Check]:
    references = {e.name: e.reference for e in kit.exercises.values()}
    stubs = {e.name: e.stub for e in kit.exercises.values()}
    with Servers() as servers:
        with Grader(kit, servers=servers) as grader:
            yield from _check_tests(grader)
            untouched = grader.grade(own_submission(kit, "stubs", stubs), seed)
            solved = grader.grade(own_submission(kit, "references", references), seed)
        for exercise, stub, reference in zip(
            kit.exercises.values(), untouched.exercises, solved.exercises, strict=True
        ):
            if exercise.is_gpu_task and (lacking := missing_packages()):
                # Everything would be deferred, and no mistake could lose points.
                yield Check(f"{exercise.name}: can be checked here", False, needs(lacking))
                continue
            yield Check(f"{exercise.name}: the stub scores 0", stub.score == 0, _score(stub))
            full = reference.score == reference.max_score
            yield Check(f"{exercise.name}: the reference scores all", full, _score(reference))
            if not exercise.is_sheet:
                yield _check_examples(kit, exercise, references)
            with Grader(kit, [exercise.name], servers=servers) as grader:
                yield from _check_mistakes(grader, exercise, seed)


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
    code = own_submission(kit, "references", references).code
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


def _check_mistakes(grader: Grader, exercise: Exercise, seed: int) -> Iterator[Check]:
    mistakes = known_mistakes(exercise)
    for mistake in mistakes:
        if not mistake.title:
            what = f"{exercise.name}: {mistake.name} says what it is"
            yield Check(what, False, "its docstring, which names the mistake, is missing")
    told = [mistake for mistake in mistakes if mistake.title]
    for mistake, lost, named in grader.prove(exercise, told, seed):
        what = f"{exercise.name}: {mistake.name} loses points and is named"
        yield Check(what, *_proved(mistake, lost, [diagnosis.title for diagnosis in named]))


def _proved(mistake: Mistake, lost: Outcome | None, named: Sequence[str]) -> tuple[bool, str]:
    """Whether a mistake has fared as it should, and what to say of it."""
    if lost is None:
        return False, f"no hidden test finds it: {mistake.title}"
    if lost.status == "grader_error":
        return False, f"a fault of the grader: {lost.feedback}"
    if not named:
        return False, f"nothing is named where it should be “{mistake.title}”"
    if named != [mistake.title]:
        return False, f"“{named[0]}” is named where it should be “{mistake.title}”"
    return True, f"{mistake.title}; found by “{lost.title}”"


def _score(exercise: ExerciseResult) -> str:
    if exercise.score is None:
        return "a fault of the grader"
    return f"{exercise.score:.4g} of {exercise.max_score:.4g}"
