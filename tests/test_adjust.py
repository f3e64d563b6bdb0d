"""Late days, extra points and decisions of a person: each by its rule, in order, never below 0."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.adjust import adjusted, days_late, is_settled, remarks
from autograder.errors import KitError, UsageError
from autograder.exchange.overrides import Override
from autograder.kit import ExtraConfig, Kit, LateConfig, Rules
from autograder.result import Result
from tests.made_up import made_up

ZURICH = ZoneInfo("Europe/Zurich")
DEADLINE = datetime(2026, 11, 20, 23, 59)


def late(**changes) -> LateConfig:
    settings = {"time_zone": "Europe/Zurich", "deadline": DEADLINE, "loss_per_day": 10.0}
    return LateConfig(**{**settings, **changes})


def rules(**changes) -> Rules:
    return Rules(late(**changes))


def at(*when: int) -> str:
    return datetime(*when, tzinfo=ZURICH).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def decide(
    points: float, exercise: str | None = None, kind: str = "set", student: str = "ada"
) -> Override:
    return Override(student, exercise, kind, points, "a reason", "A. Person", "2026-12-01")


def told(result: Result) -> list[tuple[str, float]]:
    return [(a.reason, a.points) for a in result.adjustments]


def test_nothing_is_taken_in_time():
    result = made_up(naive=4, stable=6, submitted_at=at(2026, 11, 20, 23, 59))
    assert adjusted(result, "ada", rules(), {}) == result


def test_without_rules_or_decisions_nothing_changes():
    result = made_up(naive=4, stable=6, submitted_at=at(2027, 1, 1))
    assert adjusted(result, "ada", Rules(), {}) == result


@pytest.mark.parametrize(
    ("said", "grade"), [("0001-01-01T00:00:00Z", 12), ("9999-12-31T23:59:59Z", 0)]
)
def test_a_time_at_an_end_of_the_calendar(said: str, grade: float):
    """A student can date a commit so, and the class must be graded all the same."""
    early = ExtraConfig(reason="early", points=2, days_early=1)
    by_rule = Rules(late(grace_minutes=15), (early,))
    done = adjusted(made_up(naive=10, submitted_at=said), "ada", by_rule, {})
    assert done.final_score == grade


def test_two_days_late():
    result = made_up(naive=11, stable=30, worth=50, submitted_at=at(2026, 11, 22, 10))
    done = adjusted(result, "ada", rules(loss_per_day=5, loss_unit="percent of score"), {})
    assert told(done) == [("2 days late", -4.1)]
    assert (done.score, done.final_score) == (41, 36.9)


@pytest.mark.parametrize(
    ("settings", "final"),
    [
        ({"loss_unit": "percent of maximum"}, 20 - 2 * 2.5),  # of 25 points
        ({"loss_unit": "percent of score"}, 20 - 2 * 2.0),
        ({"loss_unit": "points", "loss_per_day": 3}, 20 - 2 * 3),
        ({"loss_unit": "percent of maximum", "loss_at_most": 15}, 20 - 3.75),
        ({"loss_unit": "percent of score", "loss_at_most": 15}, 20 - 3.0),
        ({"loss_unit": "points", "loss_at_most": 15}, 20 - 15),
        ({"loss_unit": "points", "loss_per_day": 300}, 0),
    ],
)
def test_what_a_day_costs(settings, final):
    result = made_up(naive=8, stable=12, worth=12.5, submitted_at=at(2026, 11, 22, 10))
    assert adjusted(result, "ada", rules(**settings), {}).final_score == final


def test_deferred_points_are_no_part_of_the_maximum():
    result = made_up(naive=8, worth=10, deferred=90, submitted_at=at(2026, 11, 21, 10))
    done = adjusted(result, "ada", rules(), {})
    assert done.final_score == 7
    assert done.deferred_score == 90


def test_an_extension_is_a_deadline_of_ones_own():
    extended = rules(extensions={"ada": datetime(2026, 11, 27, 12)})
    result = made_up(naive=8, stable=12, submitted_at=at(2026, 11, 27, 12))
    assert adjusted(result, "ada", extended, {}).final_score == 20
    assert adjusted(result, "bob", extended, {}).final_score < 20
    result = made_up(naive=8, stable=12, submitted_at=at(2026, 11, 27, 12, 1))
    assert told(adjusted(result, "ada", extended, {})) == [
        ("1 day late (extended to 2026-11-27 12:00)", -5.0)
    ]


def test_grace_holds_at_the_end_of_each_day():
    zone = rules(grace_minutes=15, loss_unit="points")

    def lost(*when: int) -> float:
        result = made_up(naive=10, stable=10, submitted_at=at(*when))
        return 20 - adjusted(result, "ada", zone, {}).final_score

    assert lost(2026, 11, 21, 0, 14) == 0
    assert lost(2026, 11, 21, 0, 15) == 10
    assert lost(2026, 11, 22, 0, 14) == 10
    assert lost(2026, 11, 22, 0, 15) == 20


def test_an_unknown_time_costs_nothing_and_is_told_once():
    results = {s: made_up(naive=4) for s in ("ada", "bob")}
    results["eve"] = made_up(naive=4, submitted_at=at(2026, 11, 1))
    assert adjusted(results["ada"], "ada", rules(), {}) == results["ada"]
    (said,) = remarks(results, rules(), {})
    assert "no time of submission" in said
    assert said.endswith("of ada, bob")
    assert remarks(results, Rules(), {}) == []
    del results["eve"]
    assert remarks(results, rules(), {})[0].endswith("of anybody")


def test_a_time_without_a_zone_is_no_moment():
    result = made_up(naive=4, submitted_at="2026-11-20T23:00:00")
    with pytest.raises(UsageError, match="ada handed in at '2026-11-20T23:00:00'"):
        adjusted(result, "ada", rules(), {})


# Clocks in Zurich: 29 March 2026 has 23 hours (02:00 becomes 03:00), 25 October has 25.
@pytest.mark.parametrize(
    ("deadline", "submitted", "days"),
    [
        ((2026, 3, 28, 12), (2026, 3, 29, 12), 1),  # 23 hours later
        ((2026, 3, 28, 12), (2026, 3, 29, 12, 1), 2),
        ((2026, 10, 24, 12), (2026, 10, 25, 12), 1),  # 25 hours later
        ((2026, 10, 24, 12), (2026, 10, 25, 12, 1), 2),
        ((2026, 10, 25, 1), (2026, 10, 26, 1), 1),
        ((2026, 3, 28, 2, 30), (2026, 3, 29, 3, 30), 1),  # 02:30 is skipped, and is 03:30
        ((2026, 3, 28, 2, 30), (2026, 3, 29, 3, 31), 2),
    ],
)
def test_days_around_a_change_of_clocks(deadline, submitted, days):
    deadline = datetime(*deadline, tzinfo=ZURICH)
    assert days_late(deadline, datetime(*submitted, tzinfo=ZURICH)) == days


def test_a_deadline_that_clocks_show_twice_is_the_later_one():
    deadline = datetime(2026, 10, 25, 2, 30, tzinfo=ZURICH)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert days_late(deadline, first + timedelta(hours=1)) == 0
    assert days_late(deadline, first + timedelta(hours=1, seconds=1)) == 1


def test_a_deadline_with_an_offset_needs_no_zone():
    config = LateConfig(deadline=DEADLINE.replace(tzinfo=UTC), loss_per_day=1, loss_unit="points")
    result = made_up(naive=5, submitted_at="2026-11-21T00:58:00+01:00")
    assert adjusted(result, "ada", Rules(config), {}).final_score == 5
    result = made_up(naive=5, submitted_at="2026-11-21T01:00:00+01:00")
    assert adjusted(result, "ada", Rules(config), {}).final_score == 4


def test_days_are_days_of_the_zone_however_the_deadline_is_written():
    config = late(deadline=datetime(2026, 10, 24, 10, tzinfo=UTC), loss_unit="points")
    result = made_up(naive=20, submitted_at=at(2026, 10, 25, 12))  # 25 hours later
    assert told(adjusted(result, "ada", Rules(config), {})) == [("1 day late", -10)]


FULL = ExtraConfig(reason="both right", points=3, full_marks=["naive", "stable"])
EARLY = ExtraConfig(reason="early", points=2, days_early=2)


@pytest.mark.parametrize(
    ("scores", "extra"),
    [
        ({"naive": 10, "stable": 10}, 3),
        ({"naive": 10, "stable": 9.9}, 0),
        ({"naive": 10, "stable": 10, "deferred": 5}, 0),
        ({"naive": 10}, 0),
    ],
)
def test_extra_points_for_full_marks(scores, extra):
    result = made_up(**scores, worth=10)
    done = adjusted(result, "ada", Rules(extra=[FULL]), {})
    assert done.final_score == result.score + extra
    assert told(done) == ([("both right", 3)] if extra else [])


@pytest.mark.parametrize(
    ("submitted", "extra"),
    [(at(2026, 11, 18, 23, 59), 2), (at(2026, 11, 19), 0), (None, 0)],
)
def test_extra_points_for_early_work(submitted, extra):
    result = made_up(naive=10, submitted_at=submitted)
    # An extension does not make anybody early.
    extended = late(extensions={"ada": datetime(2026, 12, 24, 12)})
    assert adjusted(result, "ada", Rules(extended, [EARLY]), {}).final_score == 10 + extra


def test_extra_points_need_all_that_they_ask_for():
    both = ExtraConfig(reason="both", points=1, full_marks=["naive"], days_early=1)
    early, tardy = at(2026, 11, 1), at(2026, 11, 20)
    given = [
        adjusted(made_up(naive=n, worth=10, submitted_at=s), "ada", Rules(late(), [both]), {})
        for n in (10, 9)
        for s in (early, tardy)
    ]
    assert [len(g.adjustments) for g in given] == [1, 0, 0, 0]


def test_a_person_sets_an_exercise_and_what_follows_uses_it():
    result = made_up(naive=4, stable=6, worth=10, submitted_at=at(2026, 11, 21, 12))
    config = Rules(late(loss_unit="percent of score"), [FULL])
    decisions = {"ada": [decide(10, "naive"), decide(10, "stable")], "bob": [decide(0)]}
    assert told(adjusted(result, "ada", config, decisions)) == [
        ("naive set to 10 by A. Person, 2026-12-01: a reason", 6),
        ("stable set to 10 by A. Person, 2026-12-01: a reason", 4),
        ("1 day late", -2),
        ("both right", 3),
    ]


def test_a_person_has_the_last_word_on_the_total():
    result = made_up(naive=4, stable=6, submitted_at=at(2026, 11, 21, 12))
    done = adjusted(result, "ada", rules(), {"ada": [decide(9.5), decide(0.25, kind="add")]})
    assert done.final_score == 9.75
    assert told(done)[1:] == [
        ("total set to 9.5 by A. Person, 2026-12-01: a reason", 4.5),
        ("total changed by A. Person, 2026-12-01: a reason", 0.25),
    ]
    assert done.score == 10


def test_a_decision_that_changes_nothing_is_shown_all_the_same():
    assert told(adjusted(made_up(naive=4), "ada", Rules(), {"ada": [decide(4, "naive")]})) == [
        ("naive set to 4 by A. Person, 2026-12-01: a reason", 0)
    ]


def test_nobody_takes_more_than_there_is():
    minus = {"ada": [decide(-7, "naive", "add"), decide(-50, kind="add")]}
    done = adjusted(made_up(naive=4, stable=6), "ada", Rules(), minus)
    assert [a.points for a in done.adjustments] == [-4, -6]
    assert done.final_score == 0


def test_a_fault_of_the_grader_is_no_zero():
    broken = made_up(naive=None, stable=6, submitted_at=at(2027, 1, 1))
    done = adjusted(broken, "ada", Rules(late(), [EARLY]), {})
    assert (done.score, done.final_score, done.adjustments) == (None, None, [])


@pytest.mark.parametrize("left", [0, 1])
def test_a_fault_beside_the_exercises_is_no_zero_either(left):
    result = made_up(naive=6)
    update = {"score": None, "final_score": None, "exercises": result.exercises[:left]}
    broken = result.model_copy(update=update)
    assert adjusted(broken, "ada", rules(), {}).final_score is None


def test_a_person_can_score_what_the_grader_could_not():
    broken = made_up(naive=None, stable=6)
    assert adjusted(broken, "ada", Rules(), {"ada": [decide(8, "naive")]}).final_score == 14
    assert adjusted(broken, "ada", Rules(), {"ada": [decide(8)]}).final_score == 8
    assert adjusted(broken, "ada", Rules(), {"ada": [decide(8, "stable")]}).final_score is None
    both = adjusted(broken, "ada", Rules(), {"ada": [decide(8, "stable"), decide(9)]})
    assert (both.final_score, [a.points for a in both.adjustments]) == (9, [9])
    for decision in (decide(8, kind="add"), decide(8, "naive", "add")):
        assert adjusted(broken, "ada", Rules(), {"ada": [decision]}).final_score is None
        (said,) = remarks({"ada": broken}, Rules(), {"ada": [decision]})
        assert "ada" in said


def test_what_could_not_be_applied_is_told_by_name():
    results = {"ada": made_up(naive=4, worth=10, submitted_at=at(2026, 11, 1))}
    config = rules(extensions={"eve": DEADLINE})
    decisions = {"bob": [decide(1)], "ada": [decide(95, "naive"), decide(1, "nave")]}
    said = "\n".join(remarks(results, config, decisions))
    assert "an extension, but no submission: eve" in said
    assert "an override, but no submission: bob" in said
    assert "sets naive of ada to 95, which is more than its 10" in said
    assert "about nave of ada" in said
    assert adjusted(results["ada"], "ada", Rules(), {"ada": [decide(1, "nave")]}).final_score == 4


def test_who_is_settled():
    assert is_settled("ada", {"ada": [decide(1)]})
    assert not is_settled("bob", {"ada": [decide(1)]})
    assert not is_settled("ada", {"ada": [decide(1, "naive"), decide(1, kind="add")]})


# Whatever comes together.
points = st.floats(0, 50).map(lambda x: round(x, 3))
moments = st.datetimes(datetime(2026, 9, 1), datetime(2027, 5, 1), timezones=st.just(UTC))
zones = st.sampled_from(["Europe/Zurich", "America/New_York", "Asia/Kolkata", "UTC"])
lates = st.builds(
    LateConfig,
    time_zone=zones,
    deadline=st.datetimes(datetime(2026, 10, 1), datetime(2027, 4, 1)),
    grace_minutes=st.floats(0, 600),
    loss_per_day=st.floats(0.1, 120),
    loss_unit=st.sampled_from(["percent of maximum", "percent of score", "points"]),
    loss_at_most=st.none() | st.floats(0.1, 200),
)
all_rules = st.builds(
    Rules, st.none() | lates, st.lists(st.sampled_from([FULL, EARLY]), unique_by=id)
)
results = st.builds(
    made_up,
    naive=st.none() | points,
    stable=points,
    worth=st.just(50),
    deferred=points,
    submitted_at=st.none() | moments.map(lambda m: m.isoformat()),
)
decisions = st.lists(
    st.builds(
        decide,
        st.floats(0, 99),
        st.sampled_from([None, "naive", "stable", "unknown"]),
        st.sampled_from(["set", "add"]),
    )
    | st.builds(decide, st.floats(-99, 0), st.sampled_from([None, "naive"]), st.just("add")),
    max_size=4,
).map(lambda found: {"ada": found})


@given(results, all_rules, decisions)
def test_twice_is_once(result, config, overrides):
    once = adjusted(result, "ada", config, overrides)
    assert adjusted(once, "ada", config, overrides) == once
    # Nothing that was there before is kept.
    assert adjusted(once, "ada", Rules(), {}) == result


@given(results, all_rules, decisions)
def test_reasons_add_up_to_the_final_score(result, config, overrides):
    done = adjusted(result, "ada", config, overrides)
    assert done.final_score is None or done.final_score >= 0
    if result.score is not None:
        total = result.score + sum(a.points for a in done.adjustments)
        assert done.final_score == pytest.approx(total, abs=1e-5)
    assert done.model_copy(update={"adjustments": [], "final_score": result.score}) == result


@given(results.filter(lambda r: r.score is not None), lates, moments, moments)
def test_later_is_never_better(result, config, one, other):
    def final(moment: datetime) -> float:
        about = result.submission.model_copy(update={"submitted_at": moment.isoformat()})
        result_ = result.model_copy(update={"submission": about})
        return adjusted(result_, "ada", Rules(config), {}).final_score

    assert final(min(one, other)) >= final(max(one, other))


@given(lates, moments)
def test_a_day_begins_when_the_one_before_has_ended(config, moment):
    days = days_late(config.deadline, moment)
    ends = [config.deadline + timedelta(days=n) for n in (days - 1, days)]
    before, end = (max(e.replace(fold=f).astimezone(UTC) for f in (0, 1)) for e in ends)
    assert moment <= end
    assert days == 0 or moment > before


# In grader.toml.
LATE = """
[late]
time_zone = "Europe/Zurich"
deadline = 2026-11-20T23:59:00
grace_minutes = 15
loss_per_day = 10
loss_at_most = 50

[late.extensions]
ada = 2026-11-27T23:59:00

[[extra]]
reason = "early"
points = 2
days_early = 2

[[extra]]
reason = "all of it"
points = 1
full_marks = ["trapezoid"]
"""


def with_rules(tiny: Path, text: str = LATE) -> Kit:
    with (tiny / "grader.toml").open("a") as file:
        file.write(text)
    return Kit.load(tiny)


def test_the_rules_of_an_assignment(tiny):
    assert Kit.load(tiny).rules == Rules()
    config = with_rules(tiny).rules
    assert config.late.extensions["ada"] == datetime(2026, 11, 27, 23, 59, tzinfo=ZURICH)
    assert [e.points for e in config.extra] == [2, 1]
    result = made_up(trapezoid=10, worth=10, submitted_at=at(2026, 11, 21, 12))
    assert told(adjusted(result, "bob", config, {})) == [("1 day late", -1), ("all of it", 1)]
    assert told(adjusted(result, "ada", config, {})) == [("all of it", 1)]


def test_rules_make_no_kit_a_new_one(tiny):
    before = Kit.load(tiny).sha256
    assert with_rules(tiny).sha256 == before
    text = (tiny / "grader.toml").read_text()
    (tiny / "grader.toml").write_text(text.replace("2026-11-20", "2026-11-21"))
    assert Kit.load(tiny).sha256 == before
    (tiny / "grader.toml").write_text(text.replace("points = 10", "points = 11"))
    assert Kit.load(tiny).sha256 != before


BROKEN = {
    "no zone": ('time_zone = "Europe/Zurich"', "", ["late.deadline", "time_zone = ", "+01:00"]),
    "unknown zone": ("Europe/Zurich", "Europe/Zuerich", ["late.time_zone", "Europe/Zuerich"]),
    "a path": ("Europe/Zurich", "../x", ["late.time_zone", "no time zone"]),
    "a date": ("2026-11-20T23:59:00", "2026-11-20", ["late.deadline", "2026-11-20T23:59:00"]),
    "a number": ("2026-11-20T23:59:00", "5", ["late.deadline", "deadline = 2026-11-20T23:59:00"]),
    "an extension": ("2026-11-27T23:59:00", "7", ["late.extensions.ada", "datetime"]),
    "no deadline": ("deadline = 2026-11-20T23:59:00", "", ["late.deadline is missing"]),
    "no loss": ("loss_per_day = 10", "", ["late.loss_per_day is missing", "loss_per_day = 10"]),
    "a slip": ("loss_per_day", "los_per_day", ["late.los_per_day", "'loss_per_day'"]),
    "a negative loss": ("loss_per_day = 10", "loss_per_day = -1", ["greater than 0"]),
    "an unknown unit": ("loss_at_most = 50", 'loss_unit = "%"', ["'%'", "percent of maximum"]),
    "nothing asked": ("days_early = 2", "", ["extra.0", "full_marks ="]),
    "no such exercise": ('["trapezoid"]', '["simpson"]', ["extra.1.full_marks", "'simpson'"]),
    "no deadline to be early for": (
        LATE.partition("[[extra]]")[0],
        "",
        ["extra.0.days_early", "[late]"],
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=BROKEN)
def test_broken_rules_are_told(tiny, old, new, said):
    assert old in LATE
    with pytest.raises(KitError) as error:
        with_rules(tiny, LATE.replace(old, new, 1))
    for part in (str(tiny / "grader.toml"), *said):
        assert part in str(error.value)
