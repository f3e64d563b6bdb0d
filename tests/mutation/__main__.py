"""Break the references in every small way, and see each broken one lose points.

A mutant is killed if its exercise's score is below the maximum, with each of the seeds. One
that survives shows what the hidden tests miss, or is explained in equivalent.toml. Exits
with 1 if a survivor is unexplained, if an explanation fits no survivor, or if fewer than
95 % of all mutants are killed: so many must not be explained away.
"""

from __future__ import annotations

import argparse
import sys
import time
import tomllib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.grading import Grader
from autograder.intake import Submission
from autograder.kit import Exercise, Kit
from autograder.result import ExerciseResult
from autograder.sandbox.loader import PACKAGES, Source, StudentCode
from tests.conftest import ROOT
from tests.mutation.operators import Mutant, mutants

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
HURRY = 10  # times shorter than a student's is the time of a mutant, which may be endless
ENOUGH = 95  # percent of all mutants

Grade = Callable[[str, int], ExerciseResult]


@dataclass(frozen=True)
class Explanation:
    """An entry of ``equivalent.toml``: why a mutant earns everything, and may."""

    function: str
    before: str
    after: str
    reason: str

    def fits(self, mutant: Mutant) -> bool:
        mine = (self.function, self.before, self.after)
        return mine == (mutant.function, mutant.before, mutant.after)


@dataclass
class Tally:
    """What came of the mutants of an exercise.

    Attributes
    ----------
    total
        How many there are.
    timeouts
        How many were killed by the clock alone.
    survivors
        Which were not killed, each with its explanation.
    stale
        Explanations left over: they fit no survivor.
    """

    total: int = 0
    timeouts: int = 0
    survivors: list[tuple[Mutant, Explanation | None]] = field(default_factory=list)
    stale: list[Explanation] = field(default_factory=list)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.total + other.total,
            self.timeouts + other.timeouts,
            self.survivors + other.survivors,
            self.stale + other.stale,
        )

    @property
    def killed(self) -> int:
        return self.total - len(self.survivors)

    @property
    def unexplained(self) -> int:
        return sum(explanation is None for _, explanation in self.survivors)

    @property
    def good(self) -> bool:
        enough = 100 * self.killed >= ENOUGH * self.total
        return enough and not self.unexplained and not self.stale

    def line(self, name: str) -> str:
        equivalent = len(self.survivors) - self.unexplained
        others = self.total - equivalent
        return (
            f"{name:<15} {self.total:7} {self.killed:7} {self.timeouts:8} {equivalent:11} "
            f"{self.unexplained:12} {100 * self.killed / max(1, others):8.1f} % "
            f"{100 * self.killed / max(1, self.total):6.1f} %"
        )


def main(args: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m tests.mutation", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="grade with each of N")
    options = parser.parse_args(args)
    began = time.monotonic()
    everything = Kit.load(ROOT)
    # Kernels take seconds each, and what is changed in them hardly ever compiles.
    numpy = {n: e for n, e in everything.exercises.items() if not e.is_gpu_task}
    kit = replace(everything, exercises=numpy)
    explained = explanations()
    whole = Tally(stale=[e for n, es in explained.items() if n not in kit.exercises for e in es])
    print("exercise        mutants  killed  by time  equivalent  unexplained  % killed   of all")
    for exercise in kit.chosen(options.only):
        if exercise.is_sheet:
            continue  # no code to break
        tally = _examine(kit, exercise, explained[exercise.name], range(options.seeds))
        print(tally.line(exercise.name), flush=True)
        for mutant, explanation in tally.survivors:
            print(f"  line {mutant.line}, {mutant.function or 'module'} ({mutant.operator})")
            print(f"    - {mutant.before}")
            print(f"    + {mutant.after}")
            print(f"    {explanation.reason if explanation else 'UNEXPLAINED'}")
        whole += tally
    for entry in whole.stale:
        print(f"  STALE in {EQUIVALENT.name}: {entry.function}, {entry.before} -> {entry.after}")
    print(whole.line("together"), f"  {time.monotonic() - began:.0f} s")
    return 0 if whole.good else 1


def explanations() -> defaultdict[str, list[Explanation]]:
    """What ``equivalent.toml`` says, by exercise."""
    tables = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8"))
    found = {name: [Explanation(**entry) for entry in entries] for name, entries in tables.items()}
    return defaultdict(list, found)


def _examine(
    kit: Kit, exercise: Exercise, known: Sequence[Explanation], seeds: Sequence[int]
) -> Tally:
    hurried = exercise.limits.model_copy(update={"seconds": exercise.limits.seconds / HURRY})
    hurried_kit = replace(kit, exercises={exercise.name: replace(exercise, limits=hurried)})
    references = {n: e.reference.read_text(encoding="utf-8") for n, e in kit.exercises.items()}
    tally = Tally(stale=list(known))
    with Grader(hurried_kit) as grader:

        def grade(text: str, seed: int) -> ExerciseResult:
            submission = _submission({**references, exercise.name: text})
            (result,) = grader.grade(submission, seed).exercises
            if result.score is None:
                sys.exit(f"{text}\n\n{grader.faults[-1]}\nA fault of the grader, on this mutant.")
            return result

        reference = references[exercise.name]
        if not all(_is_full(grade(reference, seed)) for seed in seeds):
            sys.exit(f"The reference of {exercise.name} itself loses points, or is too slow.")
        for mutant in mutants(reference):
            tally.total += 1
            results = [_patient(grade, mutant.source, seed) for seed in seeds]
            if not any(map(_is_full, results)):
                tally.timeouts += all(map(_is_late, results))
                continue
            # Each explains one survivor: the same lines elsewhere in the function need another.
            explanation = next((e for e in tally.stale if e.fits(mutant)), None)
            if explanation:
                tally.stale.remove(explanation)
            tally.survivors.append((mutant, explanation))
    return tally


def _patient(grade: Grade, text: str, seed: int) -> ExerciseResult:
    """Grade once more what only the clock has stopped: the machine may have been busy."""
    result = grade(text, seed)
    return grade(text, seed) if _is_late(result) else result


def _is_full(result: ExerciseResult) -> bool:
    return result.score == result.max_score


def _is_late(result: ExerciseResult) -> bool:
    return {t.status for t in result.tests if t.status != "passed"} == {"timeout"}


def _submission(texts: dict[str, str]) -> Submission:
    sources = [Source(f"{PACKAGES[0]}/{name}.py", text) for name, text in texts.items()]
    modules = {name: index for index, name in enumerate(texts)}
    return Submission("mutant", StudentCode(sources, modules, list(texts)))


if __name__ == "__main__":
    sys.exit(main())
