"""What a rerun of a batch does again, and what it leaves as it is.

The grader is in this process here; ``test_batch_command.py`` has the processes.
"""

from __future__ import annotations

import csv
import json
import os
import signal
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rich.console import Console

from autograder.batch import Batch, Summary, expect_apart, remembered
from autograder.entries import find_entries
from autograder.errors import UsageError
from autograder.grading import Grader
from autograder.jobs import Graded, Job, Lost, run_job
from autograder.kit import Kit
from autograder.progress import Progress
from autograder.reading import Reader
from autograder.result import Environment
from autograder.sandbox.servers import Servers
from autograder.signals import Signals, Stopped
from autograder.store import Store
from tests.conftest import ROOT

RIGHT = (ROOT / "docs/tiny-assignment/reference/trapezoid.py").read_text()
WRONG = "def trapezoid(y, dx=1.0):\n    return 0.0\n"


@dataclass
class Here:
    """Grades in this process; a made-up failure for those who are named."""

    grader: Grader
    environment: Environment
    loses: frozenset[str] = frozenset()
    stops_after: int | None = None
    queue: deque[Job] = field(default_factory=deque)
    graded: list[str] = field(default_factory=list)
    room: int = 1

    @property
    def busy(self) -> int:
        return len(self.queue)

    def submit(self, job: Job) -> None:
        self.queue.append(job)
        self.room = 0

    def wait(self) -> Graded | Lost:
        if self.stops_after == len(self.graded):
            raise Stopped(2)
        job = self.queue.popleft()
        self.room = 1
        self.graded.append(job.student)
        if job.student in self.loses:
            return Lost(job, "Traceback\nits process was ended by signal 9")
        return run_job(self.grader, job)


@dataclass
class Course:
    """A class, its assignment and its results."""

    kit: Path
    submissions: Path
    out: Path
    servers: Servers
    said: str = ""

    def hand_in(self, *students: str, text: str = RIGHT) -> None:
        for student in students:
            (self.out.parent / f"class/{student}.py").write_text(f"{text}# {student}\n")

    def run(
        self,
        seed: int | None = None,
        regrade: bool = False,
        environment: Environment | None = None,
        **options: object,
    ) -> tuple[Summary, list[str]]:
        """Run a batch; gives what it did and who was graded."""
        kit = Kit.load(self.kit)
        console = Console(width=200, force_terminal=False, record=True, quiet=False)
        with (
            Store(self.out) as store,
            Grader(kit, servers=self.servers) as grader,
            Signals() as signals,
            Progress(3, console) as progress,
        ):
            memory = remembered(store, kit, seed, 7, regrade)
            entries = find_entries(self.submissions, "trapezoid")
            reader = Reader(kit, self.servers["numpy"], False)
            here = Here(grader, environment or grader.environment, **options)  # type: ignore[arg-type]
            batch = Batch(kit, entries, store, memory, regrade)
            summary = batch.run(reader, here, progress, signals)
        self.said = console.export_text()
        return summary, here.graded

    def result(self, student: str) -> dict:
        return json.loads((self.out / student / "result.json").read_text())

    def change_result(self, student: str, **fields: object) -> None:
        path = self.out / student / "result.json"
        path.write_text(json.dumps({**self.result(student), **fields}))

    def change_kit(self, old: str, new: str, file: str = "grader.toml") -> None:
        path = self.kit / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    def log(self) -> list[dict]:
        return [json.loads(line) for line in (self.out / "log.jsonl").read_text().splitlines()]

    def grades(self) -> dict[str, dict[str, str]]:
        with (self.out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
            return {row["student"]: row for row in csv.DictReader(file)}


@pytest.fixture
def course(tiny: Path, tmp_path: Path, servers: Servers) -> Course:
    (tmp_path / "class").mkdir()
    made = Course(tiny, tmp_path / "class", tmp_path / "out", servers)
    made.hand_in("ada", "bob")
    made.hand_in("cy", text=WRONG)
    return made


def inodes(course: Course) -> dict[Path, int]:
    return {p: p.stat().st_ino for p in course.out.glob("*/*")}


def test_everyone_is_graded_and_a_rerun_does_nothing(course: Course):
    summary, graded = course.run()
    assert sorted(graded) == ["ada", "bob", "cy"]
    assert (summary.graded, summary.unchanged, summary.failed) == (3, 0, [])
    before = inodes(course)
    assert sorted(p.name for p in before) == sorted(
        3 * ["feedback.html", "feedback.md", "result.json"]
    )
    assert course.result("ada")["submission"]["id"] == "ada"
    assert course.result("ada")["final_score"] == 10
    assert [r["final_score"] for r in course.grades().values()] == ["10", "10", "0"]
    summary, graded = course.run()
    assert (graded, summary.unchanged) == ([], 3)
    assert inodes(course) == before
    events = [line["event"] for line in course.log()]
    assert events == ["start", "graded", "graded", "graded", "end", "start", "end"]


def test_only_what_changed_is_graded_again_with_the_same_seed(course: Course):
    course.run()
    course.hand_in("bob", text=WRONG)
    course.hand_in("di")
    _, graded = course.run()
    assert graded == ["di", "bob"]  # who has no result comes first
    assert course.result("bob")["score"] == 0
    assert {course.result(s)["seed"] for s in ("ada", "bob", "di")} == {7}


def test_what_cannot_be_read_counts_as_well(course: Course):
    (course.submissions / "di.docx").write_text("x")
    course.run()
    assert course.result("di")["status"] == "rejected"
    assert course.run()[1] == []
    (course.submissions / "di.docx").rename(course.submissions / "di.odt")
    assert course.run()[1] == ["di"]


def test_a_seed_that_is_asked_for(course: Course):
    course.run()
    assert sorted(course.run(seed=8)[1]) == ["ada", "bob", "cy"]
    assert course.result("ada")["seed"] == 8
    assert course.run()[1] == []


def test_all_anew_survives_being_stopped(course: Course):
    course.run()
    for student in ("ada", "bob", "cy"):  # a while ago
        course.change_result(student, graded_at="2020-01-01T00:00:00Z")
    summary, graded = course.run(regrade=True, stops_after=1)
    assert (summary.stopped, graded) == (2, ["ada"])
    assert course.run()[1] == ["bob", "cy"]
    assert course.run()[1] == []


def test_stopped_it_leaves_a_table_of_what_there_is(course: Course):
    summary, graded = course.run(stops_after=2)
    assert (summary.stopped, summary.graded) == (2, 2)
    assert sorted(course.grades()) == sorted(graded)
    assert course.log()[-1]["event"] == "stopped"
    assert len(course.run()[1]) == 1


def test_a_result_that_cannot_be_read_is_made_again(course: Course):
    course.run()
    (course.out / "ada/result.json").write_text('{"half')
    assert course.run()[1] == ["ada"]
    assert course.result("ada")["score"] == 10


def test_feedback_that_was_lost_is_written_again(course: Course):
    course.run()
    whole = (course.out / "ada/feedback.html").read_text()
    (course.out / "ada/feedback.html").write_text("")
    (course.out / "bob/feedback.md").unlink()
    summary, graded = course.run()
    assert (graded, summary.adjusted) == ([], 2)
    assert (course.out / "ada/feedback.html").read_text() == whole
    assert (course.out / "bob/feedback.md").exists()


def test_another_assignment_grades_all_and_tells_whose_scores_moved(course: Course):
    course.run()
    course.change_kit("relative = 1e-9", "relative = 1e-8")
    summary, graded = course.run()
    assert (len(graded), summary.moved) == (3, [])
    course.change_kit("points = 10", "points = 20")
    summary, graded = course.run()
    assert len(graded) == 3
    assert sorted(summary.moved) == [("ada", 10, 20), ("bob", 10, 20)]
    assert course.log()[-1]["moved"] == [list(m) for m in summary.moved]


def test_exercises_that_are_gone(course: Course):
    """An old result may name what no longer exists."""
    course.run()
    for folder, name in (
        ("exercises", "trapezoid"),
        ("reference", "trapezoid"),
        ("hidden_tests", "test_trapezoid"),
    ):
        path = course.kit / folder / f"{name}.py"
        path.rename(path.with_name(f"{name.replace('trapezoid', 'area')}.py"))
    course.change_kit("[exercise.trapezoid]", "[exercise.area]")
    summary, graded = course.run()
    assert len(graded) == 3
    assert "no longer has trapezoid" in summary.remarks[0]
    assert [e["name"] for e in course.result("ada")["exercises"]] == ["area"]


LATE = """
[late]
deadline = 2026-11-20T12:00:00Z
loss_per_day = 1
loss_unit = "points"
"""


def test_other_deadlines_only_adjust(course: Course):
    table = course.submissions.parent / "who.csv"
    table.write_text(
        "student,path,submitted_at\nada,class/ada.py,2026-11-21T13:00:00Z\nbob,class/bob.py,\n"
    )
    course.submissions = table
    course.run()
    course.kit.joinpath("grader.toml").write_text((course.kit / "grader.toml").read_text() + LATE)
    summary, graded = course.run()
    assert (graded, summary.adjusted, summary.unchanged) == ([], 1, 1)
    assert course.result("ada")["final_score"] == 8
    assert "8 / 10" in (course.out / "ada/feedback.md").read_text()
    assert any("bob" in r and "no time of submission" in r for r in summary.remarks)
    course.change_kit("loss_per_day = 1", "loss_per_day = 2")
    (course.out / "overrides.csv").write_text(
        "student,exercise,points,reason,by,date\nbob,total,3,agreed,A. L.,2026-12-01\n"
    )
    summary, graded = course.run()
    assert (graded, summary.adjusted) == ([], 2)
    assert [course.result(s)["final_score"] for s in ("ada", "bob")] == [6, 3]
    course.hand_in("bob", text=WRONG)
    assert course.run()[1] == ["bob"]
    assert course.result("bob")["final_score"] == 3  # what a person decided survives


def test_who_is_gone_keeps_the_result(course: Course):
    course.run()
    (course.submissions / "bob.py").unlink()
    summary, graded = course.run()
    assert graded == []
    assert [r for r in summary.remarks if r.startswith("bob")]
    assert sorted(course.grades()) == ["ada", "bob", "cy"]


def test_what_is_no_submission_is_told_and_the_others_are_graded(course: Course):
    (course.submissions / "di").symlink_to("ada.py")
    summary, graded = course.run()
    assert len(graded) == 3
    assert any("di: a link" in r for r in summary.remarks)


def test_over_whom_the_grader_fails_gets_no_score_and_another_try(course: Course):
    summary, _ = course.run(loses=frozenset({"bob"}))
    assert summary.failed == ["bob"]
    document = course.result("bob")
    assert (document["status"], document["score"], document["max_score"]) == (
        "grader_error",
        None,
        10,
    )
    assert "ended by signal 9" in document["findings"][-1]["text"]
    (faults,) = [line["faults"] for line in course.log() if "faults" in line]
    assert faults[0].startswith("Traceback")
    assert course.grades()["bob"]["final_score"] == ""
    assert course.run()[1] == ["bob"]
    assert course.result("bob")["score"] == 10


def test_what_was_deferred_is_graded_where_it_can_be(course: Course):
    course.run()
    document = course.result("ada")
    course.change_result("ada", deferred_score=5.0)
    plain = Environment(**document["environment"])
    assert course.run(environment=plain)[1] == []
    with_packages = plain.model_copy(update={"torch": "2.13", "triton": "3.7"})
    assert course.run(environment=with_packages)[1] == ["ada"]
    course.change_result("ada", deferred_score=5.0, environment=with_packages.model_dump())
    assert course.run(environment=with_packages)[1] == []
    with_card = with_packages.model_copy(update={"card": "a made-up card"})
    assert course.run(environment=with_card)[1] == ["ada"]
    course.change_result("ada", deferred_score=5.0, environment=with_card.model_dump())
    assert course.run(environment=with_packages)[1] == []  # less is here than there was


def test_lines_where_there_is_no_terminal(course: Course):
    course.run()
    lines = course.said.splitlines()
    assert lines[0] == "[1/3] ada: 10 / 10"
    assert lines[2].startswith("[3/3] cy: 0 / 10 (")
    assert lines[2].endswith(" a second, 0 s left)")


def test_many_make_no_more_lines_than_are_read(monkeypatch: pytest.MonkeyPatch):
    console = Console(width=200, force_terminal=False, record=True)
    with Progress(3000, console) as progress:
        for number in range(3000):
            progress.step(f"s{number}")
    lines = console.export_text().splitlines()
    assert len(lines) == 100
    assert lines[-1].startswith("[3000/3000] s2999 (")


@pytest.mark.parametrize("out", ["class/results", "class", "."])
def test_results_among_submissions_are_refused(tmp_path: Path, out: str):
    (tmp_path / "class").mkdir()
    with pytest.raises(UsageError, match="lie in each other"):
        expect_apart(tmp_path / "class", tmp_path / out)
    expect_apart(tmp_path / "class", tmp_path / "results")


def test_signals_are_heeded_only_where_nothing_is_half_done():
    with Signals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(Stopped) as stopped, signals.heeded():
            pass
        assert stopped.value.number == signal.SIGTERM
    before = signal.getsignal(signal.SIGTERM)
    with Signals() as signals:
        with pytest.raises(Stopped), signals.heeded():
            os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)  # a second one waits
    assert signal.getsignal(signal.SIGTERM) is before
