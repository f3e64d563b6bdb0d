"""Figures of the Triton tasks: `python benchmarks/triton_tasks.py [--runs N]`, on one processor.

Grades the references of both tasks, cold, in a process of its own, and tells time, memory of all
its processes together, and what a recording and a compilation take.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from autograder.grading import Grader
from autograder.intake import read_submission
from autograder.kit import Kit
from autograder.process import Clock, Work
from autograder.sandbox.confine import Limits
from autograder.sandbox.servers import Servers
from autograder.triton_tasks.workers import Compiler, Interpreter, Recorder

ROOT = Path(__file__).parent.parent
TASKS = ("online_softmax", "flash_attention")


def submission(folder: Path) -> Path:
    """The references of the tasks, as a student would hand them in."""
    (folder / "gpu_tasks").mkdir()
    for name in TASKS:
        text = (ROOT / f"reference/gpu/{name}.py").read_text()
        (folder / f"gpu_tasks/{name}.py").write_text(text)
    return folder


def descendants(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(p for child in children for p in descendants(int(child)))]


def proportional(pid: int) -> int:
    """Memory of a process in KB, each page shared among those that have it."""
    try:
        return int(re.search(r"Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())[1])
    except (OSError, TypeError):
        return 0


def cold(path: Path) -> tuple[float, float]:
    """Seconds and megabytes of `autograder grade` of both tasks, a process and all below it."""
    largest, ended = 0, threading.Event()

    def watch(pid: int) -> None:
        nonlocal largest
        while not ended.wait(0.1):
            largest = max(largest, sum(map(proportional, descendants(pid))))

    began = time.perf_counter()
    only = [part for name in TASKS for part in ("--only", name)]
    done = subprocess.Popen(
        [sys.executable, "-m", "autograder", "grade", str(path), *only],
        stdout=subprocess.DEVNULL,
    )
    watcher = threading.Thread(target=watch, args=(done.pid,))
    watcher.start()
    code = done.wait()
    took = time.perf_counter() - began
    ended.set()
    watcher.join()
    assert code == 0
    return took, largest / 1024


def further(path: Path, runs: int) -> list[float]:
    """Seconds of grading once more in the same process."""
    kit, took = Kit.load(ROOT), []
    with Grader(kit, TASKS) as grader:
        for _ in range(runs + 1):
            began = time.perf_counter()
            grader.grade(read_submission(path, kit.files), 1)
            took.append(time.perf_counter() - began)
    return took[1:]


def parts(path: Path, runs: int) -> None:
    """One call, recorded, replayed and compiled, once the workers are warm."""
    kit = Kit.load(ROOT)
    code = read_submission(path, kit.files).code
    questions = {
        "online_softmax": [np.ones((4, 1000), np.float32)],
        "flash_attention": [np.ones((1, 2, 64, 64), np.float32)] * 3,
    }
    with Servers() as servers:
        for name, arrays in questions.items():
            work = Work(
                *(name, kit.exercises[name].path, {name: "array"}, {}, code, servers["numpy"]),
                *(Clock(1e6, left=1e6), Limits(1 << 30, 600)),
            )
            recorder = Recorder(work, servers)
            interpreter = Interpreter(work, servers, "interpret")
            compiler = Compiler(work, servers, "compile")
            program = recorder.record(name, arrays, {}, 1 << 30)
            sizes = [a.nbytes for a in arrays]
            steps = {
                "recorded": partial(recorder.record, name, arrays, {}, 1 << 30),
                "replayed": partial(interpreter.replay, program, arrays, 1 << 30),
                "compiled for sm_90": partial(compiler.compile, program, sizes, 1 << 30, [90]),
            }
            for what, step in steps.items():
                step()
                took = []
                for _ in range(runs):
                    began = time.perf_counter()
                    step()
                    took.append(1e3 * (time.perf_counter() - began))
                low, high = min(took), max(took)
                print(f"{name} {what}: {statistics.median(took):.1f} ms ({low:.1f} to {high:.1f})")
            for worker in (recorder, interpreter, compiler):
                worker.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    kernel = re.sub(r"-.*", "", platform.release())
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "torch", "triton"))
    print(f"Python {platform.python_version()}, {libraries}, Linux {kernel}, one processor")
    with tempfile.TemporaryDirectory() as folder:
        path = submission(Path(folder))
        figures = [cold(path) for _ in range(runs)]
        seconds, megabytes = zip(*figures, strict=True)
        print(
            f"both references, cold: {statistics.median(seconds):.1f} s "
            f"({min(seconds):.1f} to {max(seconds):.1f}), n = {runs}; "
            f"all its processes {max(megabytes):.0f} MB"
        )
        took = further(path, runs)
        print(
            f"once more in the same process: {statistics.median(took):.1f} s "
            f"({min(took):.1f} to {max(took):.1f}), n = {runs}"
        )
        parts(path, max(runs, 20))


if __name__ == "__main__":
    main()
