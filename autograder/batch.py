"""Many submissions -> their results on disk; a rerun does only what is still to be done.

What is graded again, and why:

============ ===================================================================================
new          there is no result, or none that can be read
kit          the assignment's grading part has changed; whose scores moved is told
seed         another one was asked for
asked        all was asked for anew (``--regrade``), and this has not been done yet
grader_error the grader itself had failed
submission   other files were handed in
deferred     what could not be judged then may be judged now
============ ===================================================================================

All others keep their result. Only its adjustments are worked out anew, for rules, decisions and
times of submission may have changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.adjust import is_settled, remarks
from autograder.entries import Entries, Entry
from autograder.errors import UsageError
from autograder.exchange.csv import grades_csv
from autograder.exchange.overrides import OVERRIDES, Overrides, read_overrides
from autograder.exchange.roster import Roster, enter
from autograder.exchange.roster import remarks as absent
from autograder.intake import Submission
from autograder.jobs import Graded, Job, Lost, Workers, settled
from autograder.kit import Kit
from autograder.progress import Progress
from autograder.reading import Reader
from autograder.result import Environment, ExerciseResult, Finding, KitInfo, Result, SubmissionInfo
from autograder.signals import Signals, Stopped
from autograder.store import Memory, Store, bare, documents, now

__all__ = ["Batch", "Summary", "expect_apart", "remembered"]


@dataclass
class Summary:
    """What a batch did.

    Attributes
    ----------
    graded, unchanged, adjusted
        How many were graded, kept as they were, and kept with other adjustments.
    failed
        Students over whom the grader failed.
    moved
        Whose score another assignment moved: student, before, after.
    remarks
        What a person should know.
    stopped
        The signal that ended it early.
    """

    graded: int = 0
    unchanged: int = 0
    adjusted: int = 0
    failed: list[str] = field(default_factory=list)
    moved: list[tuple[str, float | None, float | None]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    stopped: int | None = None


def expect_apart(submissions: Path, out: Path) -> None:
    """Refuse results that would be taken for submissions, or the other way round."""
    one = submissions.resolve()
    other = out.resolve()
    if one.is_dir() and (other.is_relative_to(one) or one.is_relative_to(other)):
        raise UsageError(f"{out} and {submissions} lie in each other; name a folder elsewhere")


def remembered(store: Store, kit: Kit, seed: int | None, fresh: int, regrade: bool) -> Memory:
    """What holds for this run, kept for the next one.

    Parameters
    ----------
    seed
        Asked for; else that of the results, else a fresh one.
    """
    old = store.memory
    about = kit.config.kit
    if seed is None:
        seed = old.seed if old else fresh
    memory = Memory(
        seed=seed,
        kit=KitInfo(name=about.name, version=about.version, sha256=kit.sha256),
        regrade=now() if regrade else old.regrade if old else "",
    )
    if memory != old:
        store.remember(memory)
    return memory


class Batch:
    """One run over a class.

    Parameters
    ----------
    kit
        The assignment.
    entries
        Who handed in what.
    store
        Where the results are, open.
    memory
        What holds for this run; see ``remembered``.
    anew
        Whether all was asked for anew in this very run.
    roster
        Who the students are, for the table of grades.
    """

    def __init__(
        self,
        kit: Kit,
        entries: Entries,
        store: Store,
        memory: Memory,
        anew: bool,
        roster: Roster | None = None,
    ) -> None:
        self._kit = kit
        self._store = store
        self._memory = memory
        self._anew = anew
        self._roster = roster
        self._overrides: Overrides = read_overrides(store.root / OVERRIDES)
        # Folders first of all, in one order: a name must not depend on who is graded first.
        named = [(store.folder(e.student).name, e) for e in entries.good.values()]
        # Who has no result comes first; looking through the others can wait.
        self._entries = dict(sorted(named, key=lambda item: store.has(item[1].student)))
        self._before: dict[str, Result] = {}
        self._reasons: dict[str, str] = {}
        self._gone = store.others(entries.good)
        self._bad = entries.bad
        self.summary = Summary(remarks=list(entries.notes))

    @property
    def total(self) -> int:
        """How many students there are."""
        return len(self._entries)

    def run(
        self, reader: Reader, workers: Workers, progress: Progress, signals: Signals
    ) -> Summary:
        """Grade what is to be graded, and write the table of grades.

        Stopped by a signal, it does so with what there is.
        """
        self._store.log(
            "start",
            kit=self._memory.kit.model_dump(),
            seed=self._memory.seed,
            students=self.total,
            anew=self._anew,
        )
        try:
            self._grade_all(reader, workers, progress, signals)
        except Stopped as stop:
            self.summary.stopped = stop.number
        self._finish()
        return self.summary

    # -------------------------------------------------------------- grading

    def _grade_all(
        self, reader: Reader, workers: Workers, progress: Progress, signals: Signals
    ) -> None:
        jobs = self._jobs(reader, workers, progress, signals)
        more = True
        while more or workers.busy:
            while more and workers.room > 0:
                job = next(jobs, None)
                if job is None:
                    more = False
                else:
                    workers.submit(job)
            if workers.busy:
                with signals.heeded():
                    done = workers.wait()
                self._take(done, reader, workers, progress)

    def _jobs(
        self, reader: Reader, workers: Workers, progress: Progress, signals: Signals
    ) -> Iterator[Job]:
        """Those that are to be graded, as they are read; all others are seen to on the way."""
        for student, entry in self._entries.items():
            with signals.heeded():
                submission = _read(reader, entry)
                old = self._store.read(entry.student)
                why = self._why(old, submission, workers)
            if why is not None:
                self._reasons[student] = why
                if old is not None:
                    self._before[student] = bare(old)
                decisions = self._overrides.get(student, ())
                yield Job(
                    student,
                    submission,
                    self._memory.seed,
                    self._kit.rules,
                    entry.submitted_at,
                    decisions,
                )
            else:
                assert old is not None
                self._keep(student, entry, old)
                progress.skip()

    def _why(self, old: Result | None, submission: Submission, workers: Workers) -> str | None:
        """Why it is to be graded; None if it is not."""
        if old is None:
            return "new"
        if old.kit.sha256 != self._kit.sha256:
            return "kit"
        if old.seed != self._memory.seed:
            return "seed"
        # The time has no fractions: whoever asks gets all, whoever goes on what is surely older.
        if old.graded_at < self._memory.regrade or self._anew:
            return "asked"
        if old.status == "grader_error":
            return "grader_error"
        if old.submission.sha256 != submission.sha256 or _errors(old) != _errors(submission):
            return "submission"
        if old.deferred_score and _can_do_more(old.environment, workers.environment):
            return "deferred"
        return None

    def _keep(self, student: str, entry: Entry, old: Result) -> None:
        decisions = self._overrides.get(student, ())
        new = settled(old, student, entry.submitted_at, self._kit.rules, decisions)
        if new == old and not self._store.lacks_feedback(entry.student):
            self.summary.unchanged += 1
            return
        self._store.write(entry.student, documents(new))
        self._store.log("adjusted", student=student, final_score=new.final_score)
        self.summary.adjusted += 1

    def _take(
        self, done: Graded | Lost, reader: Reader, workers: Workers, progress: Progress
    ) -> None:
        """Write one result down."""
        if isinstance(done, Lost):
            done = self._without_result(done, reader, workers)
        student, result = done.student, done.result
        self._store.write(self._entries[student].student, done.files)
        why = self._reasons.pop(student)
        before = self._before.pop(student, None)
        self._store.log(
            "graded",
            student=student,
            why=why,
            sha256=result.submission.sha256,
            kit=result.kit.sha256,
            status=result.status,
            score=result.score,
            before=before.score if before else None,
            seconds=round(done.seconds, 3),
            **({"faults": list(done.faults)} if done.faults else {}),
        )
        summary = self.summary
        summary.graded += 1
        if result.status == "grader_error":
            summary.failed.append(student)
            progress.say(f"{student}: the grader itself failed; {self._store.log_name} has more")
        if why == "kit" and before is not None:
            if before.score != result.score:
                summary.moved.append((student, before.score, result.score))
            self._tell_removed(before)
        progress.step(f"{student}: {_score(result)}")

    def _tell_removed(self, before: Result) -> None:
        gone = [e.name for e in before.exercises if e.name not in self._kit.exercises]
        if gone:
            said = f"graded again, for the assignment no longer has {', '.join(gone)}"
            if said not in self.summary.remarks:
                self.summary.remarks.append(said)

    def _without_result(self, lost: Lost, reader: Reader, workers: Workers) -> Graded:
        """The document of a submission over which grader processes have ended."""
        job = lost.job
        last = lost.reason.strip().splitlines()[-1]
        about = SubmissionInfo(
            id=job.submission.id, sha256=job.submission.sha256, files=job.submission.files
        )
        exercises = [
            ExerciseResult(name=e.name, score=None, max_score=e.points)
            for e in self._kit.exercises.values()
        ]
        result = Result(
            kit=self._memory.kit,
            submission=about,
            seed=job.seed,
            graded_at=now(),
            environment=workers.environment,
            confinement=reader.confinement,
            status="grader_error",
            score=None,
            max_score=sum(e.max_score for e in exercises),
            final_score=None,
            exercises=exercises,
            findings=[
                *reader.warnings,
                *job.submission.findings,
                Finding(severity="error", text=f"A fault of the grader, twice: {last}."),
            ],
        )
        whole = settled(result, job.student, job.submitted_at, job.rules, job.decisions)
        return Graded(job.student, bare(whole), documents(whole), [lost.reason], 0.0)

    # -------------------------------------------------------------- in the end

    def _finish(self) -> None:
        summary = self.summary
        results = self._store.results()
        settled_by_hand = [s for s in results if is_settled(s, self._overrides)]
        graded = enter(results, self._roster, settled_by_hand)
        self._store.write_grades(grades_csv(graded))
        if self._roster:
            summary.remarks += absent(graded, self._roster)
        for name, reason in self._bad.items():
            summary.remarks.append(f"not graded: {name}: {reason}")
        for student in self._gone:
            summary.remarks.append(f"{student} is no longer among the submissions; kept as it was")
        summary.remarks += remarks(results, self._kit.rules, self._overrides)
        self._store.log(
            "end" if summary.stopped is None else "stopped",
            graded=summary.graded,
            unchanged=summary.unchanged,
            adjusted=summary.adjusted,
            failed=summary.failed,
            moved=[list(m) for m in summary.moved],
        )


def _read(reader: Reader, entry: Entry) -> Submission:
    if isinstance(entry.what, Path):
        submission = reader.read(entry.what)
    else:
        submission = reader.read_files(entry.student, entry.what)
    return replace(submission, id=entry.student)


def _errors(of: Result | Submission) -> list[Finding]:
    """What could not be read: it is no part of the hash."""
    return [finding for finding in of.findings if finding.severity == "error"]


def _can_do_more(then: Environment, here: Environment) -> bool:
    """Whether what was deferred may be judged here."""
    if here.card is not None:
        return True
    return then.card is None and (here.torch, here.triton) != (then.torch, then.triton)


def _score(result: Result) -> str:
    if result.final_score is None:
        return "no score"
    return f"{result.final_score:.4g} / {result.max_score:.4g}"
