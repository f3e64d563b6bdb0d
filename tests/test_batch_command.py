"""``autograder batch`` as it is run: processes, signals, kills at any moment, a cluster."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from types import SimpleNamespace

import pytest
from distributed import KilledWorker

from autograder.cluster import Cluster, packed
from autograder.intake import Submission
from autograder.jobs import Graded, Job, Lost
from autograder.kit import Kit, Rules
from autograder.sandbox.loader import StudentCode
from tests.conftest import ROOT, autograder
from tests.documents import without_figures
from tests.test_killed import adopting, ends_within, orphans  # noqa: F401

RIGHT = (ROOT / "docs/tiny-assignment/reference/trapezoid.py").read_text()
ENDLESS = "def trapezoid(y, dx=1.0):\n    while True: pass\n"
WHOLE = {"result.json": "}\n", "feedback.md": "\n", "feedback.html": "</html>\n"}
PIPE = subprocess.PIPE


@pytest.fixture
def submissions(tmp_path: Path) -> Path:
    """A dozen students who know everything."""
    folder = tmp_path / "class"
    folder.mkdir()
    for number in range(12):
        (folder / f"s{number:02}.py").write_text(f"{RIGHT}# {number}\n")
    return folder


def command(kit: Path, submissions: Path, *options: str) -> list[str]:
    return [
        *(sys.executable, "-m", "autograder", "batch", str(submissions)),
        *("--out", str(submissions.parent / "out"), "--kit", str(kit), *options),
    ]


@contextlib.contextmanager
def batch(kit: Path, submissions: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """The command under way; killed in the end if it still is."""
    run = command(kit, submissions, *options)
    with subprocess.Popen(run, cwd=ROOT, stderr=PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    """Until it says so."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if text in line:
            return
    raise AssertionError(f"it never said {text}: {said}")


def rest(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return process.stderr.read()


def tree(pid: int) -> list[int]:
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += tree(int(child))
    return found


def running(pid: int, what: bytes) -> list[int]:
    """Those of its processes that run this."""
    found = []
    for each in tree(pid):
        with contextlib.suppress(OSError):
            if what in Path(f"/proc/{each}/cmdline").read_bytes():
                found.append(each)
    return found


def expect_none_left(before: set[int]) -> None:
    """Whoever is left ends by itself, and so do those that it leaves."""
    while left := set(orphans()) - before:
        for pid in left:
            assert ends_within(pid, 20.0), f"process {pid} lives on"
            os.waitpid(pid, 0)


def log(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]


def times_graded(out: Path) -> Counter[str]:
    return Counter(line["student"] for line in log(out) if line["event"] == "graded")


def expect_whole(out: Path) -> None:
    for file in out.glob("*/*"):
        ends = WHOLE.get(file.name) or tuple(WHOLE.values())
        assert file.read_text().endswith(ends), file


def test_a_class(tiny: Path, submissions: Path, tmp_path: Path):
    (submissions / "a stray").symlink_to("s00.py")
    done = autograder(*command(tiny, submissions, "--jobs", "2")[3:])
    assert done.returncode == 2, done.stderr  # a stray is left, and all others are graded
    assert "a stray: a link" in done.stderr
    assert "[12/12] " in done.stderr
    assert "12 graded" in done.stderr
    assert len(list((tmp_path / "out").glob("*/result.json"))) == 12
    assert (tmp_path / "out/grades.csv").read_text(encoding="utf-8-sig").count(",graded,10,") == 12
    (submissions / "a stray").unlink()
    again = autograder(*command(tiny, submissions)[3:])
    assert (again.returncode, "0 graded, 12 unchanged" in again.stderr) == (0, True)


@pytest.mark.usefixtures("adopting")
def test_killed_at_any_moment_it_goes_on(tiny: Path, submissions: Path, tmp_path: Path):
    """Killed hard after so many lines, time and again: nothing is lost, nothing done twice."""
    before = set(orphans())
    out = tmp_path / "out"
    inodes: dict[Path, int] = {}
    for number in (1, 2, 3):
        with batch(tiny, submissions, "--jobs", "2") as process:
            wait_for(process, "[2/12]")  # who has no result comes first
            process.send_signal(signal.SIGKILL)
            process.wait()
        expect_none_left(before)
        expect_whole(out)
        there = {p: p.stat().st_ino for p in out.glob("*/result.json")}
        assert inodes.items() <= there.items()
        assert len(there) >= 2 * number
        inodes = there
    with batch(tiny, submissions) as process:
        assert process.wait() == 0
    assert inodes.items() <= {p: p.stat().st_ino for p in out.glob("*/result.json")}.items()
    assert len(list(out.glob("*/result.json"))) == 12
    assert set(times_graded(out).values()) == {1}
    assert len({json.loads(p.read_text())["seed"] for p in out.glob("*/result.json")}) == 1


@pytest.mark.usefixtures("adopting")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_ends_in_good_order(tiny: Path, submissions: Path, tmp_path: Path, number):
    before = set(orphans())
    (submissions / "a.py").write_text(ENDLESS)  # in flight, and not waited for
    with batch(tiny, submissions, "--jobs", "2") as process:
        wait_for(process, "[3/13]")
        process.send_signal(number)
        assert process.wait() == 128 + number
        said = rest(process)
    assert set(orphans()) <= before  # none lives on even for a moment
    assert "run it again to go on" in said
    assert "Traceback" not in said
    out = tmp_path / "out"
    expect_whole(out)
    assert not (out / "a/result.json").exists()
    rows = (out / "grades.csv").read_text().splitlines()
    assert len(rows) - 1 == len(list(out.glob("*/result.json")))
    assert log(out)[-1]["event"] == "stopped"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["class", "out", "tiny"]


@pytest.mark.usefixtures("adopting")
def test_ctrl_c_on_a_terminal(tiny: Path, submissions: Path, tmp_path: Path):
    """There it reaches every process that has not been kept from it."""
    before = set(orphans())
    (submissions / "a.py").write_text(ENDLESS)
    terminal = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    run = [sys.executable, "-c", terminal, *command(tiny, submissions, "--jobs", "2")]
    with subprocess.Popen(run, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        said = ""
        while "a second" not in said:  # the bar shows how fast it goes
            said += (piece := process.stdout.read(1))
            assert piece, said
        process.stdin.write("\x03")
        process.stdin.flush()
        said += process.stdout.read()
        assert process.wait() == 130, said
    assert set(orphans()) <= before
    assert "left" in said
    assert "Traceback" not in said
    assert log(tmp_path / "out")[-1]["event"] == "stopped"


def test_a_grader_process_that_ends_is_replaced(tiny: Path, submissions: Path, tmp_path: Path):
    (submissions / "a.py").write_text(ENDLESS)
    with batch(tiny, submissions, "--jobs", "2") as process:
        wait_for(process, "[2/13]")
        for pid in running(process.pid, b"autograder.pool"):  # one of them is over the endless one
            os.kill(pid, signal.SIGKILL)
        assert process.wait() == 0, rest(process)
    assert len(list((tmp_path / "out").glob("*/result.json"))) == 13
    assert set(times_graded(tmp_path / "out").values()) == {1}


def test_a_submission_that_ends_graders_is_a_fault_of_the_grader(
    tiny: Path, submissions: Path, tmp_path: Path
):
    """Made up: a hidden test that kills the process it runs in, for an answer of 666."""
    test = tiny / "hidden_tests/test_trapezoid.py"
    bad = "    if student.trapezoid(y) == 666:\n        import os; os.kill(os.getpid(), 9)\n"
    text = test.read_text()
    marker = "    y = rng.normal(size=4)\n"
    assert marker in text
    test.write_text(text.replace(marker, marker + bad))
    (submissions / "s03.py").write_text("def trapezoid(y, dx=1.0):\n    return 666.0\n")
    done = autograder(*command(tiny, submissions, "--jobs", "2")[3:])
    assert done.returncode == 3, done.stderr
    assert "s03: the grader itself failed" in done.stderr
    documents = {p.parent.name: json.loads(p.read_text()) for p in tmp_path.glob("out/*/*.json")}
    assert len(documents) == 12
    assert {s for s, d in documents.items() if d["status"] != "graded"} == {"s03"}
    assert documents["s03"]["score"] is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--scheduler", "tcp://127.0.0.1:1"], "no scheduler answers at tcp://127.0.0.1:1"),
        (["--jobs", "0"], "--jobs"),
        (["--kit", "nowhere"], "grader.toml does not exist"),
    ],
)
def test_usage_errors(tiny: Path, submissions: Path, options, said, monkeypatch):
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "1s")
    done = autograder(*command(tiny, submissions, *options)[3:])
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_assignment_is_told_once(tiny: Path, submissions: Path):
    (tiny / "hidden_tests/test_trapezoid.py").write_text("import nothing_of_the_kind\n")
    done = autograder(*command(tiny, submissions, "--jobs", "2")[3:])
    assert done.returncode == 2
    assert done.stderr.count("hidden tests cannot be collected") == 1
    assert "nothing_of_the_kind" in done.stderr


# ------------------------------------------------------------------ a cluster


CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    options = {"threads_per_worker": 1, "processes": True, "dashboard_address": ":0"}
    with LocalCluster(n_workers=0, **options) as cluster:
        print(cluster.scheduler_address, flush=True)
        for line in sys.stdin:
            cluster.scale(int(line))
"""


@dataclass
class LocalCluster:
    """A scheduler with its address, and the process that it and its workers belong to."""

    address: str
    process: subprocess.Popen[str]

    def scale(self, workers: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{workers}\n")
        self.process.stdin.flush()

    def kill_one(self) -> None:
        """Kill a worker that grades."""
        server = running(self.process.pid, b"sandbox.forkserver")[0]
        # A worker of theirs is what a fork server is a child of.
        os.kill(int(Path(f"/proc/{server}/stat").read_text().split()[3]), signal.SIGKILL)


@contextlib.contextmanager
def local_cluster(folder: Path) -> Iterator[LocalCluster]:
    (folder / "cluster.py").write_text(CLUSTER)
    run = [sys.executable, str(folder / "cluster.py")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        run, cwd=folder, env=environment, stdin=PIPE, stdout=PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address
        yield LocalCluster(address, process)
        process.stdin.close()
        process.wait()


class Deserted:
    """Plays a scheduler's client: nobody is there at first, and then a worker ends for good."""

    def __init__(self, done: SimpleQueue, outcome: object) -> None:
        self._done, self._outcome = done, outcome
        self.looks = 0

    def nthreads(self) -> dict[str, int]:
        self.looks += 1
        if self.looks == 3:
            self._done.put(self._outcome)
        return {}


class GivenUp:
    """Plays what comes of a task over which too many workers have ended."""

    key = "grade-1"

    def result(self) -> Graded:
        raise KilledWorker("grade-1", SimpleNamespace(address="tcp://10.0.0.2:1"), 3)


def test_a_cluster_without_workers_and_a_submission_that_it_gives_up(tiny: Path, monkeypatch):
    """It is told once that there is none; who is given up is lost, and not the batch."""
    monkeypatch.setattr("autograder.cluster._LOOK_S", 0.01)
    said: list[str] = []
    cluster = Cluster(Kit.load(tiny), "tcp://nowhere:1", False, said.append)
    cluster._client = Deserted(cluster._done, GivenUp())
    job = Job("s00", Submission("s00", StudentCode([], {}, [])), 7, Rules())
    cluster._jobs["grade-1"], cluster._futures["grade-1"] = job, cluster._client._outcome
    lost = cluster.wait()
    assert said == ["the scheduler at tcp://nowhere:1 has no worker; waiting for one"]
    assert isinstance(lost, Lost)
    assert lost.job is job
    assert "grade-1" in lost.reason
    assert cluster.busy == 0


def test_a_cluster_loses_a_worker_and_gives_the_same(
    tiny: Path, submissions: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
):
    (submissions / "s03.py").write_text("def trapezoid(y, dx=1.0):\n    return 0.0\n")
    (submissions / "s04.py").write_text(ENDLESS)
    (submissions / "t.docx").write_text("x")
    done = autograder(*command(tiny, submissions, "--seed", "7")[3:])
    assert done.returncode == 0
    out, here = tmp_path / "out", tmp_path / "here"
    shutil.move(out, here)
    with local_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        cluster.scale(2)
        with batch(tiny, submissions, "--seed", "7", "--scheduler", cluster.address) as process:
            wait_for(process, "[3/13]")
            cluster.kill_one()
            assert process.wait() == 0, rest(process)
    assert set(times_graded(out).values()) == {1}
    names = sorted(p.parent.name for p in here.glob("*/result.json"))
    assert names == sorted(p.parent.name for p in out.glob("*/result.json"))
    for name in names:
        both = [
            without_figures(json.loads((folder / name / "result.json").read_text()))
            for folder in (here, out)
        ]
        assert both[0] == both[1]
        assert (out / name / "feedback.html").read_text().endswith("</html>\n")


def test_a_cluster_gets_what_grading_needs_and_no_more(tiny: Path, tmp_path: Path):
    (tiny / "secret.txt").touch()
    with zipfile.ZipFile(io.BytesIO(packed(Kit.load(tiny)))) as archive:
        archive.extractall(tmp_path / "there")
    assert Kit.load(tmp_path / "there").sha256 == Kit.load(tiny).sha256
    assert not (tmp_path / "there/secret.txt").exists()
