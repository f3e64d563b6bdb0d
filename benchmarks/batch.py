"""The figures of grading a class, all in one run.

    python benchmarks/batch.py [--students N] [--many N] [--rounds N] [--only PART]...

The submissions are the references of all NumPy exercises and drills, each student's with a
comment of its own, so that no two are the same bytes. What is compared is run in turns, round
after round, and ratios are of medians, because a shared machine has good and bad minutes.
Compare figures of one run with one another; another machine, or another hour, gives others.

Parts: ``rate`` (one process, two processes, a cluster of two), ``many`` (cost and memory of
many against that of few), ``restart`` (killed at half), ``client`` (what the one process that
reads and writes everything needs for each), ``scheduler`` (how many tasks it bears). A
comparison with other graders belongs beside ``rate``, with the same submissions.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from autograder.files import write_text
from autograder.grading import Grader
from autograder.kit import Kit
from autograder.store import Store, documents

ROOT = Path(__file__).parent.parent
PARTS = ("rate", "many", "restart", "client", "scheduler")
STEP = re.compile(r"\[(\d+)/\d+\]")


# ------------------------------------------------------------------ what is graded


def make_kit(folder: Path) -> Path:
    """The assignment without its GPU tasks."""
    for name in ("exercises", "reference", "hidden_tests", "gpu_tasks"):
        shutil.copytree(ROOT / name, folder / name)
    text = (ROOT / "grader.toml").read_text()
    tables = re.split(r"(?m)^(?=\[)", text)
    kept = [t for t in tables if not t.startswith("[gpu_task")]
    (folder / "grader.toml").write_text("".join(kept))
    return folder


def make_class(folder: Path, kit: Path, count: int) -> Path:
    """So many students, all of whom know everything."""
    exercises = Kit.load(kit).exercises.values()
    texts = {e.stub.name: e.reference.read_text() for e in exercises}
    for number in range(count):
        student = folder / f"s{number:05d}"
        student.mkdir(parents=True)
        for name, text in texts.items():
            (student / name).write_text(f"{text}\n# student {number}\n")
    return folder


# ------------------------------------------------------------------ one run of the command


@dataclass
class Run:
    """What was seen of one run.

    Attributes
    ----------
    whole
        Seconds from start to end.
    steps
        How many were done, and when, in seconds from the start.
    memory
        Megabytes of all its processes together (PSS), over time.
    """

    whole: float = 0.0
    steps: list[tuple[int, float]] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)

    @property
    def first(self) -> float:
        return self.steps[0][1]

    @property
    def each(self) -> float:
        """Seconds for each submission once it goes."""
        (first, began), (last, ended) = self.steps[0], self.steps[-1]
        return (ended - began) / (last - first)


def batch(
    kit: Path, submissions: Path, out: Path, *options: str, kill_after: int | None = None
) -> Run:
    """Run the command; killed hard after so many submissions if that is asked for."""
    command = [sys.executable, "-m", "autograder", "batch", str(submissions)]
    command += ["--out", str(out), "--kit", str(kit), *options]
    run = Run()
    began = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        stop = threading.Event()
        watcher = threading.Thread(target=watch, args=(process.pid, run, stop))
        watcher.start()
        said = []
        for line in process.stderr:
            said.append(line)
            if match := STEP.match(line):
                run.steps.append((int(match[1]), time.perf_counter() - began))
                if kill_after is not None and int(match[1]) >= kill_after:
                    process.send_signal(signal.SIGKILL)
                    break
        code = process.wait()
        stop.set()
        watcher.join()
    run.whole = time.perf_counter() - began
    if code not in (0, -signal.SIGKILL if kill_after is not None else 0):
        raise SystemExit(f"it ended with {code}: {''.join(said[-5:])}")
    return run


def watch(pid: int, run: Run, stop: threading.Event) -> None:
    while not stop.wait(0.5):
        run.memory.append(sum(map(proportional, tree(pid))))


def tree(pid: int) -> list[int]:
    try:
        threads = list(Path(f"/proc/{pid}/task").iterdir())
        children = [c for t in threads for c in (t / "children").read_text().split()]
    except OSError:
        return [pid]
    return [pid, *(p for child in children for p in tree(int(child)))]


def proportional(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


@contextlib.contextmanager
def cluster(workers: int) -> Iterator[str]:
    """A scheduler and so many workers, each a process of its own."""
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        dashboard_address=":0",
    ) as local:
        yield local.scheduler_address


# ------------------------------------------------------------------ the parts


def row(what: str, values: list[float], unit: str, aim: str = "") -> None:
    low, middle, high = min(values), statistics.median(values), max(values)
    print(
        f"{what:<56} {middle:9.3f} {unit:<4} ({low:.3f} to {high:.3f}, n={len(values)})  {aim}",
        flush=True,
    )


def rate(folder: Path, kit: Path, students: int, rounds: int) -> None:
    """One process, two, and a cluster of two, in turns."""
    submissions = make_class(folder / "class", kit, students)
    each: dict[str, list[float]] = {"one process": [], "two processes": [], "cluster of two": []}
    with cluster(2) as address:
        options = {
            "one process": ["--jobs", "1"],
            "two processes": ["--jobs", "2"],
            "cluster of two": ["--scheduler", address],
        }
        for number in range(rounds):
            for name, given in options.items():
                out = folder / f"rate-{number}-{name}"
                each[name].append(batch(kit, submissions, out, *given).each)
                shutil.rmtree(out)
    for name, seconds in each.items():
        row(f"{name}: submissions a second", [1 / s for s in seconds], "/s", "two: at least 10")
    one, two, dask = (statistics.median(each[name]) for name in each)
    print(f"{'two processes against one':<56} {one / two:9.3f}       at least 1.85")
    print(f"{'cluster of two against two processes: time':<56} {dask / two:9.3f}       under 1.15")


def many(folder: Path, kit: Path, students: int, many: int, rounds: int) -> None:
    """Cost and memory of many against that of few."""
    few_class = make_class(folder / "few", kit, students)
    many_class = make_class(folder / "many", kit, many)
    few = [batch(kit, few_class, folder / f"few-out-{number}").each for number in range(rounds)]
    run = batch(kit, many_class, folder / "many-out")
    few.append(batch(kit, few_class, folder / "few-out-last").each)
    row(f"{students} submissions: each", [1e3 * s for s in few], "ms")
    row(f"{many} submissions: each", [1e3 * run.each], "ms")
    print(f"{'many against few':<56} {run.each / statistics.median(few):9.3f}       under 1.10")
    quarter = len(run.memory) // 4
    row("memory, second quarter", run.memory[quarter : 2 * quarter], "MB")
    row("memory, last quarter", run.memory[3 * quarter :], "MB", "flat; under 1,500 at most")
    size = sum(p.stat().st_size for p in (folder / "many-out").rglob("*") if p.is_file())
    print(f"{'results on disk: each':<56} {size / many / 1024:9.1f} KiB")


def restart(folder: Path, kit: Path, students: int) -> None:
    """Killed at half, and started again."""
    submissions, out = make_class(folder / "killed", kit, students), folder / "killed-out"
    batch(kit, submissions, out, kill_after=students // 2)
    before = {p.parent.name: p.stat().st_ino for p in out.glob("*/result.json")}
    again = batch(kit, submissions, out)
    row("restart after a kill at half: until the next is graded", [again.first], "s", "under 5 s")
    log = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    graded = Counter(line["student"] for line in log if line["event"] == "graded")
    twice = [s for s, n in graded.items() if n > 1]
    kept = sum((out / s / "result.json").stat().st_ino == inode for s, inode in before.items())
    there = len(list(out.glob("*/result.json")))
    print(
        f"  {len(before)} were there, {kept} kept, {there} of {students} in the end, twice: {twice}"
    )


def client(folder: Path, kit: Path, students: int) -> None:
    """What the process that hands out and writes down needs for each submission."""
    assignment = Kit.load(kit)
    submissions = make_class(folder / "class", kit, students)
    reading, rendering, writing = [], [], []
    with Grader(assignment) as grader, Store(folder / "out") as store:
        result = grader.grade(grader.read(next(submissions.iterdir())), seed=1)
        for path in sorted(submissions.iterdir()):
            began = time.perf_counter()
            _ = grader.read(path).sha256
            reading.append(1e3 * (time.perf_counter() - began))
            began = time.perf_counter()
            files = documents(result)
            rendering.append(1e3 * (time.perf_counter() - began))
            began = time.perf_counter()
            store.write(path.name, files)
            store.log("graded", student=path.name)
            writing.append(1e3 * (time.perf_counter() - began))
    row("reading a submission", reading, "ms")
    row("writing its reports (in the grader's process)", rendering, "ms")
    row("storing them, the document synced", writing, "ms")
    for durable in (False, True):
        seconds = []
        for number in range(100):
            began = time.perf_counter()
            write_text(folder / f"{durable}-{number}", "x" * 50_000, durable=durable)
            seconds.append(1e3 * (time.perf_counter() - began))
        row(f"a file of 50 kB, {'synced' if durable else 'as it is'}", seconds, "ms")


def nothing(given: bytes) -> bytes:
    """A task with what a submission brings and what it gives back, and no work."""
    return given * 5


def scheduler(tasks: int = 2000) -> None:
    """How many tasks a second a scheduler and one client bear, with two workers."""
    from distributed import Client, as_completed

    with cluster(2) as address, Client(address, set_as_default=False) as client:
        rates = []
        for _ in range(3):
            began = time.perf_counter()
            left = iter(range(tasks))
            first = [client.submit(nothing, os.urandom(20_000), pure=False) for _ in range(8)]
            waiting = as_completed(first, loop=client.loop)
            done = 0
            for future in waiting:
                future.result()
                done += 1
                if next(left, None) is not None:
                    waiting.add(client.submit(nothing, os.urandom(20_000), pure=False))
            rates.append(done / (time.perf_counter() - began))
        row("tasks of 20 kB in and 100 kB out", rates, "/s")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", action="append", choices=PARTS)
    options = parser.parse_args()
    cores = len(os.sched_getaffinity(0))
    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}, "
        f"{cores} cores"
    )
    with tempfile.TemporaryDirectory(prefix="onewalk-benchmark-") as name:
        folder = Path(name)
        kit = make_kit(folder / "kit")
        for part in options.only or PARTS:
            inside = folder / part
            inside.mkdir()
            if part == "rate":
                rate(inside, kit, options.students, options.rounds)
            elif part == "many":
                many(inside, kit, options.students, options.many, options.rounds)
            elif part == "restart":
                restart(inside, kit, options.students)
            elif part == "client":
                client(inside, kit, options.students)
            else:
                scheduler()


if __name__ == "__main__":
    main()
