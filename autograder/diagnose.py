"""Which known mistake a submission makes: the one that gives all of its answers.

Theory of operation
-------------------
While the hidden tests run, each exercise keeps a record of what they asked and what came of it
(``calls.py``). Where points were lost, every known mistake of the exercise is asked the same
questions, in confined workers as a submission is, so that exceptions, timeouts and refusals come
out as they do for students. A mistake fits if

- each of its answers is like the student's (``likeness.py``), right ones and wrong ones, in each
  function of which the student has something wrong;
- at least one of them is wrong;
- and where its answers to a test are right and the test takes points all the same, for what it
  measured, it does so of both, in the same words.

A mistake is asked in the floating type of the question and again in a wider one. Where the two
answers differ, rounding or the range of the type decides and not the mistake, and the question
counts neither for it nor against it. If mistakes of different titles fit, nothing is said.

All of a class is asked the same questions. So what a mistake answers is remembered, by what was
asked: a question that a test makes of earlier answers is another one, and is asked anew. What is
remembered is a function of the question alone; a diagnosis does not depend on what was graded
before it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from autograder.calls import Answered, Asked, Record, Refusal, Stage, size_of
from autograder.expect import Tolerance
from autograder.kit import Exercise
from autograder.likeness import Outcome, Rounding, alike, in_words, near, same
from autograder.mistakes import Mistake, known_mistakes
from autograder.plugin import Outcome as Judged
from autograder.result import Diagnosis
from autograder.sheet import Sheet
from autograder.student import Student
from autograder.triton_tasks.task import TritonTask

__all__ = ["Diagnoser", "Examinee"]

Examinee = Student | Sheet | TritonTask
"""What the hidden tests of an exercise are given."""

_REMEMBERED_BYTES = 64 << 20  # of each exercise
_ANSWER_BYTES = 512  # of one that is remembered, about, besides its arrays
_LARGE_BYTES = 1 << 16  # a question of which other questions had better rule out a mistake
# What is no answer at all speaks neither for a mistake nor against it.
_BLANK = ("missing", "deferred")
# Of sheets worked by hand: a thousandth, of whatever size the answer is.
_BY_HAND = {"float64": Tolerance(relative=1e-3, scale=0.0)}


class Diagnoser:
    """Names mistakes in submission after submission.

    Parameters
    ----------
    examinee
        Makes what hidden tests are given, of an exercise and the source that is in its place.
    run
        Runs the hidden tests of these ids on it; the number seeds what they draw.
    tolerances
        What is rounding, by name of floating type.
    """

    def __init__(
        self,
        examinee: Callable[[Exercise, str], Examinee],
        run: Callable[[Exercise, Examinee, int, Collection[str]], Sequence[Judged]],
        tolerances: Mapping[str, Tolerance],
    ) -> None:
        self._examinee = examinee
        self._run = run
        self._tolerances = tolerances
        self._known: dict[str, _Known] = {}

    def diagnose(
        self, exercise: Exercise, record: Record, judged: Sequence[Judged], seed: int
    ) -> list[Diagnosis]:
        """The mistake that explains every answer of a submission, if there is one.

        Parameters
        ----------
        exercise
            What was graded.
        record
            What its hidden tests asked, and what came of it.
        judged
            How they ended.
        seed
            Of what they drew.
        """
        faulty = any(test.status == "grader_error" for test in judged)
        if faulty or not any(test.has_lost for test in judged):
            return []
        known = self.known(exercise)
        with known:
            case = _Case(known, record, judged, seed)
            fitting = [way.mistake for way in known.ways if case.fits(way)]
        if len({mistake.title for mistake in fitting}) != 1:
            return []
        first = fitting[0]
        return [Diagnosis(mistake=first.name, title=first.title, text=first.text)]

    def learn(
        self,
        exercise: Exercise,
        mistake: Mistake,
        record: Record,
        judged: Sequence[Judged],
        seed: int,
    ) -> None:
        """Take it from a grading of a mistake what it answers: there is no need to ask again."""
        known = self.known(exercise)
        way = next(way for way in known.ways if way.mistake.name == mistake.name)
        for stage in record.stages.values():
            for answered in stage.answers:
                known.remember(way, answered.asked, False, answered.outcome)
        known.remember_verdicts(way, seed, judged)

    def known(self, exercise: Exercise) -> _Known:
        """What is known of its mistakes; in a ``with`` of its own it costs fewer workers."""
        if exercise.name not in self._known:
            self._known[exercise.name] = _Known(
                exercise,
                self._examinee,
                self._run,
                _BY_HAND if exercise.is_sheet else self._tolerances,
            )
        return self._known[exercise.name]


# ------------------------------------------------------------------ what mistakes answer


@dataclass(frozen=True)
class _Way:
    """One way to make a mistake.

    Attributes
    ----------
    mistake
        Which one.
    name
        Of this way.
    source
        Makes it.
    """

    mistake: Mistake
    name: str
    source: str


@dataclass
class _Question:
    """What is known of one question.

    Attributes
    ----------
    rounding
        Of each of its calls.
    is_narrow
        Whether it would be another one in the wider floating type.
    answers
        Of a way to make a mistake, by its name (that of the reference is empty), and in which
        type.
    kept, wrong
        By way; see ``_Case``.
    nbytes
        That the answers take.
    """

    rounding: Sequence[Rounding]
    is_narrow: bool
    answers: dict[tuple[str, bool], Outcome] = field(default_factory=dict)
    kept: dict[str, bool] = field(default_factory=dict)
    wrong: dict[str, bool] = field(default_factory=dict)
    nbytes: int = 0


class _Known:
    """What the mistakes of an exercise, and its reference, answer.

    Use it with ``with``, at the end of which the workers end; what they said is remembered.
    Within such a block there can be others.
    """

    def __init__(
        self,
        exercise: Exercise,
        examinee: Callable[[Exercise, str], Examinee],
        run: Callable[[Exercise, Examinee, int, Collection[str]], Sequence[Judged]],
        tolerances: Mapping[str, Tolerance],
    ) -> None:
        self.ways = [
            _Way(mistake, f"{mistake.name} {number}", source)
            for mistake in known_mistakes(exercise)
            for number, source in enumerate(mistake.sources)
        ]
        self.is_sheet = exercise.is_sheet
        self._exercise = exercise
        self._tolerances = tolerances
        self._make = examinee
        self._run = run
        self._wide = np.dtype(np.float32 if exercise.is_gpu_task else np.float64)
        self._questions: OrderedDict[bytes, _Question] = OrderedDict()
        self._verdicts: dict[tuple[str, int, str], Judged] = {}
        self._nbytes = 0
        self._open: dict[str, Examinee] = {}
        self._depth = 0
        self._stack = ExitStack()

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth:
            self._stack.close()
            self._open.clear()
        while self._nbytes > _REMEMBERED_BYTES:
            self._nbytes -= self._questions.popitem(last=False)[1].nbytes

    def question(self, asked: Asked) -> _Question:
        """What is known of it so far."""
        if asked.key not in self._questions:
            is_narrow = asked.widened(self._wide) is not None
            self._questions[asked.key] = _Question(self._rounding(asked), is_narrow)
        self._questions.move_to_end(asked.key)
        return self._questions[asked.key]

    def _rounding(self, asked: Asked) -> list[Rounding]:
        nothing = Tolerance(relative=0.0, scale=0.0)
        zero = np.zeros(())
        return [
            (tolerance.relative, float(tolerance.bound(zero, dtype, size)))
            for dtype, size in asked.scales
            for tolerance in [self._tolerances.get(dtype.name, nothing)]
        ]

    def answer(self, way: _Way | None, asked: Asked, wide: bool = False) -> Outcome:
        """What a mistake answers, or the reference; in the question's type or a wider one."""
        question = self.question(asked)
        wide = wide and question.is_narrow
        place = way.name if way else "", wide
        if place not in question.answers:
            examinee = self._opened(way)
            examinee.begin_test()
            examinee.clock.reset()  # of whatever was asked before
            outcome = examinee.again((wide and asked.widened(self._wide)) or asked)
            examinee.end_test()
            self.remember(way, asked, wide, outcome)
        return question.answers[place]

    def remember(self, way: _Way | None, asked: Asked, wide: bool, outcome: Outcome) -> None:
        """Keep what was answered."""
        question = self.question(asked)
        question.answers[way.name if way else "", wide] = outcome
        nbytes = _ANSWER_BYTES + size_of(outcome)
        question.nbytes += nbytes
        self._nbytes += nbytes

    def has_answer(self, way: _Way, asked: Asked) -> bool:
        """Whether it takes no time to tell what a mistake answers, in either type."""
        question = self.question(asked)
        places = [(way.name, wide) for wide in {False, question.is_narrow}]
        return all(place in question.answers for place in places)

    def verdicts(self, way: _Way, seed: int, tests: Collection[str]) -> list[Judged]:
        """How hidden tests of a mistake end."""
        missing = [test for test in tests if (way.name, seed, test) not in self._verdicts]
        if missing:
            examinee = self._opened(way)
            examinee.clock.reset()
            self.remember_verdicts(way, seed, self._run(self._exercise, examinee, seed, missing))
        return [self._verdicts[way.name, seed, test] for test in tests]

    def remember_verdicts(self, way: _Way, seed: int, judged: Sequence[Judged]) -> None:
        """Keep how hidden tests ended."""
        self._verdicts |= {(way.name, seed, test.id): test for test in judged}

    def _opened(self, way: _Way | None) -> Examinee:
        name = way.name if way else ""
        if name not in self._open:
            source = way.source if way else self._exercise.reference.read_text(encoding="utf-8")
            self._open[name] = self._make(self._exercise, source)
            self._stack.callback(self._open[name].close)
        return self._open[name]


# ------------------------------------------------------------------ one submission


@dataclass(frozen=True)
class _Case:
    """The answers of one submission, beside what is known of its mistakes."""

    known: _Known
    record: Record
    judged: Sequence[Judged]
    seed: int

    def fits(self, way: _Way) -> bool:
        """Whether a mistake explains all that was answered, and something wrong among it."""
        # What is known already rules out nearly all, so that nothing need be asked of them.
        answers = self._answers
        if not all(self._agrees(way, a) for a in answers if self.known.has_answer(way, a.asked)):
            return False
        # Then what another way to make this mistake is known to get wrong.
        answers = sorted(answers, key=lambda a: not self._shows(way.mistake, a.asked))
        if not all(self._agrees(way, answered) for answered in answers):
            return False
        wrong = any(self._is_wrong(way, answered.asked) for answered in answers)
        return self._is_judged_alike(way, wrong)

    # -------------------------------------------------------------- answers

    @cached_property
    def _tests(self) -> list[tuple[Judged, Stage]]:
        """The hidden tests that asked something, those first that took points."""
        stages = self.record.stages
        tests = sorted(self.judged, key=lambda test: not test.has_lost)
        return [(test, stages[test.id]) for test in tests if test.id in stages]

    @cached_property
    def _answers(self) -> list[Answered]:
        """Those that a mistake must explain; first what tells most and takes least to ask."""
        given = [a for _, stage in self._tests for a in stage.answers if not _is_blank(a)]
        given.sort(key=lambda answered: answered.asked.nbytes > _LARGE_BYTES)
        wrong = {a.asked.function for a in given if not self._is_right(a)}
        # Who is wrong in one function need not be in another that mostly builds on it.
        apart = wrong and not self.known.is_sheet
        return [a for a in given if a.asked.function in wrong] if apart else given

    def _is_right(self, answered: Answered) -> bool:
        asked, right = answered.asked, self.known.answer(None, answered.asked)
        return same(answered.outcome, right, right, self.known.question(asked).rounding)

    def _agrees(self, way: _Way, answered: Answered) -> bool:
        """Whether a mistake gives this answer, or the question counts for neither."""
        asked, got = answered.asked, answered.outcome
        own = self.known.answer(way, asked)
        wide = self.known.answer(way, asked, wide=True)
        return not self._is_kept(way, asked) or alike(
            got,
            (own, wide),
            self.known.answer(None, asked),
            self.known.question(asked).rounding,
        )

    def _is_kept(self, way: _Way, asked: Asked) -> bool:
        """Whether the mistake decides the answer, and not the floating type of the question."""
        question = self.known.question(asked)
        if not question.is_narrow:
            return True
        if way.name not in question.kept:
            own, wide = (self.known.answer(way, asked, wide) for wide in (False, True))
            question.kept[way.name] = near(own, wide, question.rounding)
        return question.kept[way.name]

    def _is_wrong(self, way: _Way, asked: Asked) -> bool:
        """Whether a mistake shows in what it answers."""
        question = self.known.question(asked)
        if way.name not in question.wrong:
            own, right = self.known.answer(way, asked), self.known.answer(None, asked)
            is_right = same(own, right, right, question.rounding)
            question.wrong[way.name] = self._is_kept(way, asked) and not is_right
        return question.wrong[way.name]

    def _shows(self, mistake: Mistake, asked: Asked) -> bool:
        """Whether some way to make a mistake is known to show in what is answered."""
        ways = (way for way in self.known.ways if way.mistake is mistake)
        return any(self.known.has_answer(w, asked) and self._is_wrong(w, asked) for w in ways)

    # -------------------------------------------------------------- what tests say besides

    def _is_judged_alike(self, way: _Way, wrong: bool) -> bool:
        """Whether tests that go by more than answers say the same of a mistake."""
        beyond = [
            test
            for test, stage in self._tests
            if stage.whole
            and stage.answers
            and not any(
                _is_blank(a) or self._is_wrong(way, a.asked) or not self._is_kept(way, a.asked)
                for a in stage.answers
            )
        ]
        for lost in (True, False):
            ours = [test for test in beyond if test.has_lost == lost]
            theirs = self.known.verdicts(way, self.seed, [test.id for test in ours])
            for test, other in zip(ours, theirs, strict=True):
                if other.has_lost != lost or (lost and not _say_the_same(test, other)):
                    return False
            wrong = wrong or bool(lost and ours)
            if not wrong:
                return False
        return True


def _is_blank(answered: Answered) -> bool:
    outcome = answered.outcome
    return isinstance(outcome, Refusal) and (
        outcome.status in _BLANK or "NotImplementedError" in outcome.bases  # a stub as it was
    )


def _say_the_same(test: Judged, other: Judged) -> bool:
    return test.status == other.status and in_words(test.feedback, other.feedback)
