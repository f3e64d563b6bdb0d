"""From the template to the posted grade, and back: the workflows' steps run as they are written.

GitHub is played by repositories on this disk and by the server that enforces its description.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from autograder.exchange.results import read_results
from autograder.grading import Grader
from autograder.kit import Kit
from autograder.release.files import write_files
from autograder.release.github import release
from autograder.report.view import points
from autograder.sandbox.servers import Servers
from tests.conftest import ROOT
from tests.github.hub import Hub
from tests.github.runner import Job, Ran, without_secrets
from tests.github.server import TOKEN, Fault, Repository, Server

TINY = ROOT / "docs" / "tiny-assignment"
FILE = "exercises/trapezoid.py"
LATE = """
[late]
time_zone = "UTC"
deadline = 2026-11-21T12:00:00
loss_per_day = 10
loss_unit = "percent of maximum"
"""
HOSTILE = '''"""Says what a workflow's runner would do, where student code may print."""
import os
print("::error file=x::forged\\n::add-mask::all\\n##[error]forged")
os.system("echo ::set-output name=runners::forged") if hasattr(os, "system") else None


def trapezoid(y, dx=1.0):
    """Integrate.

    >>> print("::warning::forged")
    something else
    """
    print("::notice::forged")
    raise ValueError("::error::forged\\n::stop-commands::x")
'''


@dataclass
class Class:
    """A class on GitHub, and the instructor's repository."""

    hub: Hub
    server: Server
    environment: dict[str, str]
    released: Path
    done: set[str]
    students: dict[str, str] = field(default_factory=dict)

    def hand_in(self, student: str, changes: Mapping[str, str | None]) -> None:
        """A repository from the template, with these files in place of its own."""
        template = self.released / "student"
        files: dict[str, bytes | str] = {
            path.relative_to(template).as_posix(): path.read_bytes()
            for path in template.rglob("*")
            if path.is_file()
        }
        for path, text in changes.items():
            if text is None:
                del files[path]
            else:
                files[path] = text
        name = f"class/lab-{len(self.students) + 1}"
        sha = self.hub.repository(name, files)
        self.students[student] = name
        pushes = [(sha, "2026-11-20T22:00:00Z")]
        self.server.repositories[name] = Repository({sha}, pushes=pushes)

    def try_at(self, student: str) -> dict[str, Ran]:
        """What the student's own workflow does after a push."""
        checkout = self.hub.root / "work" / self.students[student]
        workflow = checkout / ".github" / "workflows" / "examples.yml"
        files = self.hub.root / f"steps of {self.students[student].replace('/', ' ')}"
        return self._run(Job(workflow, checkout, self.environment, {}), files)

    def grade(self, run: str) -> dict[str, Ran]:
        """What the instructor's workflow does."""
        here = self.released / "instructor"
        rows = [f"{student},,{name}\n" for student, name in self.students.items()]
        (here / "roster.csv").write_text("student,name,repository\n" + "".join(rows))
        job = Job(
            here / ".github" / "workflows" / "grade.yml",
            here,
            {
                **self.environment,
                "GITHUB_SERVER_URL": f"file://{self.hub.root}/hub",
                "GITHUB_API_URL": self.server.address,
            },
            {"CLASS_TOKEN": TOKEN},
        )
        return self._run(job, self.hub.root / run)

    def _run(self, job: Job, files: Path) -> dict[str, Ran]:
        hurried = {"PYTHONPATH": str(self.hub.root / "hurried")}
        steps = job.run(files, {"Post": hurried}, self.done)
        self.done.update({"Install", "Class page"} & steps.keys())  # once is enough
        return steps


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("release") / "github"
    write_files(path, release(Kit.load(TINY)))
    return path


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the action setup-python leaves: a Python with pip, and what the wheel needs."""
    path = tmp_path_factory.mktemp("python")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", path], check=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = sysconfig.get_path("purelib")
    (path / "lib" / version / "site-packages" / "found.pth").write_text(f"{found}\n")
    return path / "bin"


@pytest.fixture(scope="module")
def done() -> set[str]:
    """Steps that no test need run again."""
    return set()


@pytest.fixture
def lab(tmp_path: Path, released: Path, python: Path, done: set[str]) -> Iterator[Class]:
    environment = without_secrets()
    environment["PATH"] = f"{python}:{environment['PATH']}"
    environment["PIP_NO_INDEX"] = environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    hurried = tmp_path / "hurried"
    hurried.mkdir()
    (hurried / "sitecustomize.py").write_text("import time\ntime.sleep = lambda _: None\n")
    server = Server()
    with server.running():
        yield Class(Hub(tmp_path), server, environment, released, done)
    assert not server.violations


STUB = (TINY / FILE).read_text()
PERFECT = STUB.replace(
    "raise NotImplementedError",
    "if len(y) < 2:\n        raise ValueError(len(y))\n"
    "    return dx * float(y.sum() - (y[0] + y[-1]) / 2)",
)
TYPICAL = PERFECT.replace("if len(y) < 2", "if not len(y)")  # no public example shows it
WRONG = PERFECT.replace("dx * ", "")


def test_the_students_side(lab: Class):
    lab.hand_in("typical", {FILE: TYPICAL})
    steps = lab.try_at("typical")
    tried = steps["Try the examples"]
    assert tried.outcome == "success"
    assert "| `trapezoid` | 2 of 2 examples | all pass |" in tried.summary
    assert reported(steps) == {"trapezoid": ("pass", 2, 2)}

    lab.hand_in("wrong", {FILE: WRONG})
    tried = lab.try_at("wrong")["Try the examples"]
    assert tried.outcome == "failure"
    typed = "    >>> float(trapezoid(np.array([0.0, 1.0, 2.0]), dx=0.5))"
    line = WRONG.splitlines().index(typed) + 1
    (annotation,) = commands(tried.log)
    assert annotation.startswith(f"::error file={FILE},line={line},title=trapezoid%3A trapezoid::")
    assert f"| `trapezoid` | 1 of 2 examples | `{FILE}`, line {line} |" in tried.summary

    lab.hand_in("deleted", {FILE: None})
    steps = lab.try_at("deleted")
    (annotation,) = commands(steps["Try the examples"].log)
    assert annotation.startswith("::error title=trapezoid::None of the files")
    assert reported(steps) == {"trapezoid": ("fail", 0, 1)}

    lab.hand_in("unwritten", {})
    (annotation,) = commands(lab.try_at("unwritten")["Try the examples"].log)
    assert annotation.startswith("::notice ")
    assert annotation.endswith("::not written yet: trapezoid")

    lab.hand_in("no kit", {"grader.toml": None})
    steps = lab.try_at("no kit")
    assert "grader.toml" in steps["Try the examples"].log
    assert steps["Report"].outcome == "skipped"

    lab.hand_in("hostile", {FILE: HOSTILE})
    steps = lab.try_at("hostile")
    tried = steps["Try the examples"]
    assert "forged" in tried.log
    for command in commands(tried.log):
        assert command.startswith(f"::error file={FILE},line=")
    assert "::" not in base64.b64decode(steps["Report"].given["TRAPEZOID_RESULTS"]).decode()


def commands(log: str) -> list[str]:
    """What the runner would take for commands: not while it is told to take none."""
    found, token = [], ""
    for line in log.splitlines():
        if token:
            token = "" if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.startswith("::") or "##[" in line:
            found.append(line)
    assert not token
    return found


def reported(steps: Mapping[str, Ran]) -> dict[str, tuple[str, int, int]]:
    """What the reporter gets: status, points and maximum by runner."""
    given = steps["Report"].given
    found = {}
    for name in given["runners"].split(","):
        runner = json.loads(base64.b64decode(given[f"{name.upper()}_RESULTS"]))
        earned = sum(test["score"] for test in runner["tests"])
        found[name] = runner["status"], earned, runner["max_score"]
    return found


def test_there_and_back(lab: Class, servers: Servers):
    lab.hand_in("perfect", {FILE: PERFECT})
    lab.hand_in("typical", {FILE: TYPICAL})
    lab.hand_in("hostile", {FILE: HOSTILE})
    lab.hand_in("Łukasz", {FILE: TYPICAL, ".github/workflows/examples.yml": None})
    lab.hand_in("renamed", {FILE: None, "exercises/Trapezoid-final (2).py": PERFECT})
    lab.students["gone"] = "class/gone"
    lab.hub.repository("class/empty", {})
    lab.students["empty"] = "class/empty"
    with (lab.released / "instructor" / "grader.toml").open("a") as file:
        file.write(LATE)
    lab.server.faults += [
        Fault("POST .*lab-2/issues", 502, after=True),
        Fault("lab-4/issues", 500, times=1000),
    ]

    steps = lab.grade("first")
    assert "not handed in: the repository is empty" in steps["Collect"].log
    assert ": empty\n" in steps["Collect"].log
    assert "not fetched" in steps["Collect"].summary
    assert "`gone`" in steps["Collect"].summary
    assert steps["Grade"].outcome == "success", steps["Grade"].log
    assert "not posted: GitHub answered 500: Łukasz" in steps["Post"].log
    assert steps["Post"].outcome == "failure"
    assert steps["Class page"].outcome == "success"

    results = read_results(lab.released / "instructor" / "results")
    kit = Kit.load(TINY)
    with Grader(kit, servers=servers) as grader:
        for student in ("perfect", "typical", "hostile", "Łukasz", "renamed"):
            work = lab.hub.root / "work" / lab.students[student]
            result = grader.grade(grader.read(work), results[student].seed or 0)
            assert results[student].score == result.score, student
            if student != "Łukasz":
                repository = lab.server.repositories[lab.students[student]]
                score = points(result.score or 0)
                assert repository.statuses[0]["description"].startswith(f"{score} of 10 points")
                (comment,) = repository.comments
                assert f": {score} / 10" in comment["body"].splitlines()[1]
    assert results["perfect"].score == 10
    assert results["hostile"].score == 0
    assert 0 < (results["typical"].score or 0) < 10

    # What GitHub did not take is posted now; one student goes on; and that is all there is to do.
    lab.server.faults.clear()
    written = len(lab.server.writes)
    lab.hub.commit(lab.students["typical"], {FILE: PERFECT}, when="2026-11-21T08:00:00Z")
    lab.hub.push(lab.students["typical"])
    repository = lab.server.repositories[lab.students["typical"]]
    sha = lab.hub.head(lab.hub.root / "work" / lab.students["typical"])
    repository.commits.add(sha)
    repository.pushes.append((sha, "2026-11-22T08:00:00Z"))  # a day later than it says itself
    with (lab.released / "instructor" / "overrides.csv").open("a") as file:
        file.write("renamed,total,7,right but for its name,A. P.,2026-11-23\n")
    steps = lab.grade("second")
    assert "1 graded, 3 unchanged" in steps["Grade"].log
    assert "Posted: 3 posted, 2 unchanged, 0 failed" in steps["Post"].log
    assert [line.partition(" ")[0] for line in lab.server.writes[written:]] == [
        *("PATCH", "POST"),  # what a person decided
        *("PATCH", "POST"),  # another comment, and the new commit's status
        *("POST", "POST"),
    ]
    decided = lab.server.repositories[lab.students["renamed"]]
    assert decided.statuses[0]["description"].startswith("7 of 10 points")
    assert repository.statuses[0]["description"].startswith("9 of 10 points")
    assert "-1 `1 day late`" in repository.comments[0]["body"]
    submitted = read_results(lab.released / "instructor" / "results")["typical"].submission
    assert submitted.submitted_at == "2026-11-22T08:00:00Z"
    assert [len(r.comments) for r in lab.server.repositories.values()] == [1] * 5
    for ran in steps.values():
        assert TOKEN not in ran.log + ran.summary
        assert not commands(ran.log)
