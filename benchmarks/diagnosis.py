"""What naming mistakes costs in a class, all in one run.

    python benchmarks/diagnosis.py [--students N] [--seed N]
    python benchmarks/diagnosis.py --variants [EXERCISE]...

Each student of the class hands in the references with one exercise wrong: a known mistake, or
one of those written anew under ``tests/variants``, drawn at random. What is measured is the time
that the diagnosis of that exercise takes, beside that of its grading, in the order of a batch:
the first that make a mistake pay for those that come after. The last line is what every
submission pays, right ones too: keeping a record of what was asked.

With ``--variants`` each of them is graded once, those of GPU tasks too, and what is named is
compared with the mistake that it was written to be.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from autograder.calls import Record
from autograder.diagnose import Diagnoser
from autograder.grading import Grader
from autograder.kit import Exercise, Kit
from autograder.mistakes import known_mistakes, own_submission

ROOT = Path(__file__).parent.parent
SEED = 20_261_121


class Stopwatch:
    """Adds up the time that a function takes."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += time.perf_counter() - began

        return timed

    def take(self) -> float:
        taken, self.seconds = self.seconds, 0.0
        return taken


def wrong_files(exercise: Exercise) -> list[str]:
    """Sources with a mistake in them."""
    variants = (ROOT / "tests/variants" / exercise.name).glob(f"*{exercise.stub.suffix}")
    known = [mistake.sources[0] for mistake in known_mistakes(exercise)]
    return known + [path.read_text() for path in sorted(variants)]


def variants(kit: Kit, names: list[str]) -> None:
    """Tell how many variants are named rightly, wrongly and not at all."""
    references = {e.name: e.reference for e in kit.exercises.values()}
    tally: Counter[str] = Counter()
    for exercise in kit.chosen(names):
        titles = {mistake.name: [mistake.title] for mistake in known_mistakes(exercise)}
        with Grader(kit, [exercise.name]) as grader:
            paths = (ROOT / "tests/variants" / exercise.name).glob(f"*{exercise.stub.suffix}")
            for path in sorted(paths):
                files: dict[str, Path | str] = {**references, exercise.name: path}
                result = grader.grade(own_submission(kit, path.stem, files), SEED)
                named = [diagnosis.title for diagnosis in result.exercises[0].diagnosis]
                expected = titles.get(path.stem.partition("--")[0], [])
                if not named:
                    kind = "not named" if expected else "of no known mistake, and not named"
                else:
                    kind = "named rightly" if named == expected else "named wrongly"
                tally[kind] += 1
                if named != expected:
                    print(f"{exercise.name}/{path.name}: {named} in the place of {expected}")
    for kind, count in tally.items():
        print(f"{kind}: {count}")


def measure(kit: Kit, students: int, draw: random.Random) -> None:
    """Grade a class and print what naming mistakes took."""
    exercises = [e for e in kit.exercises.values() if not e.is_gpu_task]
    references = {e.name: e.reference for e in exercises}
    wrong = {e.name: wrong_files(e) for e in exercises}
    diagnosing, recording = Stopwatch(), Stopwatch()
    Diagnoser.diagnose = diagnosing.around(Diagnoser.diagnose)  # type: ignore[method-assign]
    spent, graded, kept, named = [], [], [], 0
    with Grader(kit, list(references)) as grader:
        for _ in range(students):
            name = draw.choice(list(wrong))
            files: dict[str, Path | str] = {**references, name: draw.choice(wrong[name])}
            result = grader.grade(own_submission(kit, "student", files), SEED)
            (exercise,) = (e for e in result.exercises if e.name == name)
            named += bool(exercise.diagnosis)
            spent.append(1e3 * diagnosing.take())
            graded.append(1e3 * sum(test.duration_s for test in exercise.tests))
        for method in ("_begin", "_end"):
            setattr(Record, method, recording.around(getattr(Record, method)))
        right = own_submission(kit, "reference", references)
        for _ in range(9):
            began = time.perf_counter()
            grader.grade(right, SEED)
            kept.append(recording.take() / (time.perf_counter() - began))
    half = len(spent) // 2
    print(f"{len(spent)} students, {sum(map(len, wrong.values()))} wrong files, {named} named")
    for what, part in (("first half", slice(half)), ("second half", slice(half, None))):
        times, ratios = spent[part], [a / b for a, b in zip(spent[part], graded[part], strict=True)]
        tenth = statistics.quantiles(times, n=10)[-1]
        print(
            f"{what}: diagnosis of a failing exercise {statistics.median(times):.1f} ms "
            f"(median; 90 % below {tenth:.1f}, mean {statistics.mean(times):.1f}), "
            f"{statistics.median(ratios):.2f} of the time of its hidden tests"
        )
    print(f"record of a right submission: {statistics.median(kept):.2%} of its grading")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--students", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variants", nargs="*", metavar="EXERCISE")
    options = parser.parse_args()
    if options.variants is None:
        measure(Kit.load(ROOT), options.students, random.Random(options.seed))
    else:
        variants(Kit.load(ROOT), options.variants)


if __name__ == "__main__":
    main()
