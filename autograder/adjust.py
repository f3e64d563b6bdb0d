"""Points taken or given after grading: late days, extra points, decisions of a person.

Nothing is graded here. What goes in is a result document, what comes out is the same one with
other ``adjustments`` and another ``final_score``; these are always worked out from ``score``
anew, so that a changed deadline or decision needs no other grading, and doing it twice is
doing it once. In this order:

1. decisions about single exercises, so that what follows works with the corrected score;
2. the loss for late days, of what there is;
3. extra points by rule;
4. decisions about the total, which have the last word.

What is deferred is in none of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from autograder.errors import UsageError
from autograder.exchange.overrides import Override, Overrides
from autograder.kit import ExtraConfig, LateConfig, Rules
from autograder.result import Adjustment, Result

__all__ = ["adjusted", "days_late", "is_settled", "remarks"]

_DAY = timedelta(days=1)

# A commit can say any time; near the ends of the calendar no days can be counted.
_EARLIEST, _LATEST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def adjusted(result: Result, student: str, rules: Rules, overrides: Overrides) -> Result:
    """The document with its adjustments and final score worked out from its score.

    Parameters
    ----------
    result
        As it was graded, or adjusted before.
    student
        As extensions and overrides name them; not always the submission's own id.
    rules
        Of the assignment: ``Kit.rules``.
    overrides
        Of all students.
    """
    decisions = overrides.get(student, ())
    scores = {e.name: e.score for e in result.exercises}
    steps = list(_corrections(scores, [d for d in decisions if d.exercise is not None]))
    if result.score is not None:
        now: float | None = result.score + sum(s.points for s in steps)
    else:
        known = [s for s in scores.values() if s is not None]
        # A person has scored all that the grader could not; else the fault lies elsewhere too.
        whole = len(known) == len(scores) and any(e.score is None for e in result.exercises)
        now = sum(known) if whole else None
    if now is not None:
        for step in (
            *_late(result, student, rules.late, now),
            *_extra(result, student, rules, scores),
        ):
            steps.append(step)
            now += step.points
    for decision in decisions:
        if decision.exercise is not None or (decision.kind == "add" and now is None):
            continue
        if now is None:
            steps = []  # of a total that there was not
        step = _decided(decision, now or 0.0)
        steps.append(step)
        now = (now or 0.0) + step.points
    return result.model_copy(
        update={
            "adjustments": steps,
            "final_score": None if now is None else max(0.0, _round(now)),
        }
    )


def is_settled(student: str, overrides: Overrides) -> bool:
    """Whether a person has set the total, so that nothing deferred can change it."""
    return any(o.exercise is None and o.kind == "set" for o in overrides.get(student, ()))


def days_late(deadline: datetime, submitted: datetime, grace: timedelta = timedelta()) -> int:
    """How many days after a deadline have begun, 0 for none.

    A day ends when the deadline's own zone shows the deadline's time again, so that a day with
    a change of clocks in it is one day, of 23 or 25 hours. The grace holds at the end of each.
    """
    judged = submitted - grace
    days = max(0, (judged - _instant(deadline)) // _DAY - 1)
    while judged > _instant(deadline + days * _DAY):
        days += 1
    return days


def remarks(results: Mapping[str, Result], rules: Rules, overrides: Overrides) -> list[str]:
    """What a person should be told once about a class: what could not be applied, and to whom.

    Parameters
    ----------
    results
        By student, adjusted.
    """
    said = []
    if rules.late is not None:
        untimed = [s for s, r in results.items() if r.submission.submitted_at is None]
        if untimed:
            who = "anybody" if len(untimed) == len(results) else ", ".join(untimed)
            said.append(
                "no time of submission is known, so nothing is taken for late days and nothing "
                f"given for early ones, of {who}"
            )
        strangers = [s for s in rules.late.extensions if s not in results]
        if strangers:
            said.append(f"an extension, but no submission: {', '.join(strangers)}")
    strangers = [s for s in overrides if s not in results]
    if strangers:
        said.append(f"an override, but no submission: {', '.join(strangers)}")
    for student, decisions in overrides.items():
        if student in results:
            said += _doubts(results[student], student, decisions)
    return said


def _doubts(result: Result, student: str, decisions: Sequence[Override]) -> Iterator[str]:
    exercises = {e.name: e for e in result.exercises}
    for decision in decisions:
        name = decision.exercise
        if name is None:
            if decision.kind == "add" and result.final_score is None:
                yield f"an override adds to the total of {student}, who has none yet"
            continue
        if name not in exercises:
            yield (
                f"an override is about {name} of {student}, and there is no such exercise; "
                f"there are: {', '.join(exercises)}"
            )
            continue
        exercise = exercises[name]
        whole = exercise.max_score + exercise.deferred_score
        if decision.kind == "set" and decision.points > whole:
            yield (
                f"an override sets {name} of {student} to {decision.points:g}, "
                f"which is more than its {whole:g}"
            )
        if decision.kind == "add" and exercise.score is None:
            yield f"an override adds to {name} of {student}, which has no score yet"


def _corrections(
    scores: dict[str, float | None], decisions: Sequence[Override]
) -> Iterator[Adjustment]:
    """Decisions about exercises, entered into their scores."""
    for decision in decisions:
        name = decision.exercise
        if name not in scores or (decision.kind == "add" and scores[name] is None):
            continue  # told by ``remarks``
        step = _decided(decision, scores[name] or 0.0)
        scores[name] = (scores[name] or 0.0) + step.points
        yield step


def _decided(decision: Override, now: float) -> Adjustment:
    # Nothing falls below zero.
    aim = decision.points if decision.kind == "set" else max(0.0, now + decision.points)
    what = "total" if decision.exercise is None else decision.exercise
    done = f"set to {decision.points:g}" if decision.kind == "set" else "changed"
    signed = ", ".join(part for part in (decision.by, decision.date) if part)
    return Adjustment(
        reason=f"{what} {done} by {signed}: {decision.reason}", points=_round(aim - now)
    )


def _late(
    result: Result, student: str, late: LateConfig | None, now: float
) -> Iterator[Adjustment]:
    submitted = _submitted(result, student)
    if late is None or submitted is None:
        return
    deadline = late.extensions.get(student, late.deadline)
    days = days_late(deadline, submitted, timedelta(minutes=late.grace_minutes))
    worth = {"percent of maximum": result.max_score / 100, "percent of score": now / 100}
    unit = worth.get(late.loss_unit, 1.0)
    most = now if late.loss_at_most is None else min(now, late.loss_at_most * unit)
    loss = _round(min(days * late.loss_per_day * unit, most))
    if loss > 0:
        extended = f" (extended to {deadline:%Y-%m-%d %H:%M})" if student in late.extensions else ""
        days_ = f"{days} day{'s' if days > 1 else ''}"
        yield Adjustment(reason=f"{days_} late{extended}", points=-loss)


def _extra(
    result: Result, student: str, rules: Rules, scores: Mapping[str, float | None]
) -> Iterator[Adjustment]:
    full = {
        e.name
        for e in result.exercises
        if not e.deferred_score and (scores[e.name] or 0.0) >= e.max_score - 1e-6
    }
    for extra in rules.extra:
        if full.issuperset(extra.full_marks) and _is_early(result, student, rules, extra):
            yield Adjustment(reason=extra.reason, points=_round(extra.points))


def _is_early(result: Result, student: str, rules: Rules, extra: ExtraConfig) -> bool:
    if extra.days_early is None:
        return True
    submitted = _submitted(result, student)
    if submitted is None or rules.late is None:
        return False
    # An extension is time to finish, and no way to be early.
    return submitted + extra.days_early * _DAY <= _instant(rules.late.deadline)


def _submitted(result: Result, student: str) -> datetime | None:
    said = result.submission.submitted_at
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise UsageError(
            f"{student} handed in at {said!r}, which is no moment; a result says it with its "
            "time zone, such as 2026-11-20T22:59:00Z"
        )
    return min(max(moment, _EARLIEST), _LATEST)


def _instant(moment: datetime) -> datetime:
    """In UTC; where clocks show a time twice, or skip it, the later of the two readings."""
    return max(moment.replace(fold=fold).astimezone(UTC) for fold in (0, 1))


def _round(points: float) -> float:
    return round(points, 6) + 0.0  # and no -0.0
