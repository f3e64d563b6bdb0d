"""The figures of grading one submission, all in one run.

    python benchmarks/grading.py [--runs N] [--cpu N]

Each figure is a median. The whole run is pinned to one processor, the grader and its
workers together, because that is what a figure "on one core" means. Compare figures of
one run with one another; another machine, or another hour, gives others.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from autograder.grading import Grader
from autograder.intake import read_submission
from autograder.kit import Kit
from autograder.process import Clock, Work
from autograder.sandbox.client import ForkServer
from autograder.sandbox.confine import Limits
from autograder.sandbox.loader import Source, StudentCode
from autograder.student import Student

ROOT = Path(__file__).parent.parent
LIMITS = Limits(memory_bytes=1 << 30, cpu_s=600)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def row(what: str, seconds: list[float], unit: str = "ms", limit: str = "") -> None:
    scale = {"s": 1, "ms": 1e3}[unit]
    low, middle, high = (
        scale * v for v in (min(seconds), statistics.median(seconds), max(seconds))
    )
    print(
        f"{what:<58} {middle:8.3f} {unit:<2}  ({low:.3f} to {high:.3f}, n={len(seconds)})  {limit}"
    )


def cold(runs: int) -> None:
    """`autograder grade` of the references, a whole process each time."""
    command = [sys.executable, "-m", "autograder", "grade", str(ROOT / "reference")]
    command += ["--kit", str(ROOT)]

    def run() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    run()
    row(
        "autograder grade, cold, whole process",
        [timed(run) for _ in range(runs)],
        "s",
        "under 2.5 s",
    )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{'its largest process':<58} {peak:8.1f} MB  under 400 MB")


def student(server: ForkServer) -> Student:
    source = Source("exercises/echo.py", "def echo(x):\n    return x\n")
    code = StudentCode([source], {"echo": 0})
    made = Student(
        Work("echo", "exercises/echo.py", {"echo": "array"}, {}, code, server, Clock(600), LIMITS)
    )
    made.begin_test()
    return made


def wire(runs: int) -> None:
    """A worker's start, small calls and large ones."""
    small = np.ones((3, 5), np.float32)
    large = np.ones(16 << 20, np.float32)
    with ForkServer() as server:
        server.spawn(LIMITS).end()

        def first_answer() -> None:
            made = student(server)
            made.echo(small)
            starts.append(time.perf_counter() - began)
            made.close()

        starts: list[float] = []
        for _ in range(20 * runs):
            began = time.perf_counter()
            first_answer()
        row("a confined worker, from request to first answer", starts, limit="under 15 ms")
        made = student(server)
        made.echo(small)
        calls = [timed(lambda: made.echo(small)) for _ in range(400 * runs)]
        row("a call with a small array", calls, limit="under 0.3 ms")
        made.echo(large)
        calls = [timed(lambda: made.echo(large)) for _ in range(2 * runs)]
        row("64 MB of float32 there and back, warm", calls, limit="under 130 ms")
        made.close()


def again(runs: int) -> None:
    """The same items, collected once, for one more submission: in all, and by exercise."""
    kit = Kit.load(ROOT)
    whole: list[float] = []
    parts: dict[str, list[float]] = {name: [] for name in kit.exercises}
    with Grader(kit) as grader:
        submission = read_submission(ROOT / "reference", kit.files)
        grader.grade(submission, seed=1)
        for _ in range(4 * runs):
            began = time.perf_counter()
            result = grader.grade(submission, seed=1)
            whole.append(time.perf_counter() - began)
            for graded in result.exercises:
                parts[graded.name].append(sum(t.duration_s for t in graded.tests))
    row("a further submission, long streams and all", whole, limit="under 200 ms")
    for name, seconds in parts.items():
        row(f"  of it {name}", seconds)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--cpu", type=int, default=0)
    options = parser.parse_args()
    os.sched_setaffinity(0, {options.cpu})
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, 1 core"
    )
    cold(options.runs)
    wire(options.runs)
    again(options.runs)


if __name__ == "__main__":
    main()
