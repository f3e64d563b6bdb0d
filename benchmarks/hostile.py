"""Hostile submissions by the thousand, and what confinement costs an honest one.

    python benchmarks/hostile.py [--rounds N] [--pairs N]

Runs every attack of tests/hostile in turn, in one process, as a grader of a class would, every
third submission being honest, and tells what must be zero: scores above what is expected,
faults of the grader, processes left behind, honest submissions that suffered; and how long and
how large it got. Then the same honest submission in two graders in
turn, one with all protections and one without any.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import os
import platform
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from autograder.grading import Grader
from autograder.kit import Kit
from autograder.sandbox.outside import Outside
from tests.test_hostile import ALL, Graders, document, submission

ROOT = Path(__file__).parent.parent
NOTHING = ("namespaces", "landlock", "seccomp", "user")
SEED = 20_261_126  # one for all, as a batch has
PARSING_S = 10.0  # to take an archive or a notebook apart, of intake


def adopt_orphans() -> None:
    """What a child leaves behind becomes a child of this process, and is seen."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def children() -> list[str]:
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def hostile(kit: Kit, rounds: int) -> None:
    """All attacks, round after round, and after every second one an honest submission."""
    attacks = [f for f in ALL if f.is_attack]
    above, faults, late, slowest, suffered = [], [], [], (-math.inf, ""), []
    outside, sizes, blocks, alone, honest = Outside(os.getpid()), [], [], {}, 0
    with tempfile.TemporaryDirectory() as folder:
        graders = Graders(kit)
        for number, fixture in enumerate(attacks * rounds):
            (here := Path(folder) / str(number)).mkdir()
            grader, paced = graders.of(fixture)
            if grader not in alone:
                alone[grader] = document(grader.grade(grader.read(ROOT / "reference"), SEED))
            path = submission(fixture, kit, here)
            began = time.perf_counter()
            result = grader.grade(grader.read(path), SEED)
            took = time.perf_counter() - began
            shutil.rmtree(here)
            attacked = next(e for e in result.exercises if e.name == fixture.exercise)
            if result.status == "grader_error" or attacked.score is None:
                faults.append(fixture)
            elif attacked.score > fixture.most * attacked.max_score + 1e-9:
                above.append(fixture)
            limit = 4 * paced.exercises[fixture.exercise].limits.seconds
            if fixture.kind == "intake":
                limit += PARSING_S
            if took > limit + 2.0:
                late.append(fixture)
            slowest = max(slowest, (took - limit, str(fixture)))
            if number % 2:
                honest += 1
                after = document(grader.grade(grader.read(ROOT / "reference"), SEED))
                if after != alone[grader]:
                    suffered.append(fixture)
            outside.look()
            sizes.append(outside.held / (1 << 20))
            blocks.append(sys.getallocatedblocks() / 1e3)
        graders.close()
    left = children()

    def by_round(figures: list[float]) -> str:
        parts = [figures[n * len(attacks) : (n + 1) * len(attacks)] for n in range(rounds)]
        return ", ".join(f"{statistics.median(part):.1f}" for part in parts)

    print(f"{len(sizes)} runs of {len(attacks)} attacks")
    print(f"  above their expected score       {len(above)} {sorted({str(f) for f in above})}")
    print(f"  faults of the grader             {len(faults)} {sorted({str(f) for f in faults})}")
    print(f"  later than limit + 2 s           {len(late)} {sorted({str(f) for f in late})}")
    print(f"  latest against its limit         {slowest[0]:+.2f} s ({slowest[1]})")
    print(f"  processes left at the end        {len(left)}")
    print(f"  {honest} honest ones in between, another document than alone: {len(suffered)}")
    print(f"  memory of the grader by round    {by_round(sizes)} MB")
    print(f"  what Python has allocated of it  {by_round(blocks)} thousand blocks")


def cost(kit: Kit, runs: int) -> None:
    """What confinement takes of an honest submission, in pairs in turn."""
    with Grader(kit) as confined, Grader(kit, unconfined=True, without=NOTHING) as bare:
        path = ROOT / "reference"
        for grader in (confined, bare):
            grader.grade(grader.read(path), 1)
        differences, both = [], {confined: [], bare: []}
        for _ in range(runs):
            pair = [confined, bare]
            random.shuffle(pair)
            for grader in pair:
                began = time.perf_counter()
                grader.grade(grader.read(path), 1)
                both[grader].append(time.perf_counter() - began)
            differences.append(both[confined][-1] - both[bare][-1])
    quarter, middle, third = (1e3 * q for q in statistics.quantiles(differences, n=4))
    print(
        f"a whole honest submission: confined {1e3 * statistics.median(both[confined]):.1f} ms, "
        f"without any protection {1e3 * statistics.median(both[bare]):.1f} ms; "
        f"difference {middle:.1f} ms ({quarter:.1f} to {third:.1f}), {runs} pairs"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--pairs", type=int, default=60)
    options = parser.parse_args()
    adopt_orphans()
    kit = Kit.load(ROOT)
    kernel = re.sub(r"-.*", "", platform.release())
    print(f"Python {platform.python_version()}, Linux {kernel}, user {os.geteuid()}")
    hostile(kit, options.rounds)
    cost(kit, options.pairs)


if __name__ == "__main__":
    main()
