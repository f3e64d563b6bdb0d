"""How something is timed, shown on a pretended card: every duration here is made up."""

from __future__ import annotations

import itertools
import statistics

import pytest

from autograder.triton_tasks.stopwatch import input_sets, repeat
from tests.pretended import PretendedCard

MS = 1e-3


def runs(card: PretendedCard, count: int = 3, seconds: float = MS):
    return [lambda n=n: card.queue(("run", n), seconds) for n in range(count)]


def split(log: list[object]) -> tuple[list[object], list[object]]:
    """What was queued with events, and what between the last two looks at the clock."""
    looks = [n for n, what in enumerate(log) if what == "clock"]
    return log[looks[-1] + 1 :], log[looks[-2] : looks[-1] + 1]


def test_it_tells_what_a_run_takes_and_nothing_else():
    card = PretendedCard()
    got = repeat(card, runs(card), lambda n: card.queue(("before", n), 7 * MS))
    assert got.milliseconds == pytest.approx([1.0] * len(got.milliseconds), rel=0.01)
    assert got.host_milliseconds == pytest.approx(1.0, rel=0.01)


def test_what_comes_before_and_the_flush_are_queued_before_the_first_event():
    card = PretendedCard()
    repeat(card, runs(card), lambda n: card.queue(("before", n), MS))
    timed = [what for what in split(card.log)[0] if what not in ("synchronize", "clock")]
    assert len(timed) % 5 == 0
    for first in range(0, len(timed), 5):
        before, flush, mark, run, end = timed[first : first + 5]
        assert (before[0], flush, mark, run[0], end) == ("before", "flush", "mark", "run", "mark")
        assert before[1] == run[1]


def test_the_queue_is_not_waited_for_between_repetitions():
    card = PretendedCard()
    got = repeat(card, runs(card))
    timed, by_clock = split(card.log)
    assert timed.count("mark") == 2 * len(got.milliseconds)
    assert timed.index("synchronize") == len(timed) - 1
    assert by_clock[0] == by_clock[-1] == "clock"
    assert by_clock[-2] == "synchronize"
    assert {what[0] for what in by_clock[1:-2]} == {"run"}
    assert len(by_clock) - 3 == len(got.milliseconds)


def test_input_sets_take_turns():
    card = PretendedCard()
    repeat(card, runs(card, count=4))
    numbers = [what[1] for what in card.log if isinstance(what, tuple)]
    turns = itertools.cycle(range(4))
    assert numbers == [next(turns) for _ in numbers]


@pytest.mark.parametrize(
    ("milliseconds", "count"), [(0.001, 200), (1.0, 200), (2.5, 100), (5.0, 50), (400.0, 20)]
)
def test_as_many_repetitions_as_a_quarter_of_a_second_holds(milliseconds: float, count: int):
    card = PretendedCard(queueing_s=0.0)
    assert len(repeat(card, runs(card, seconds=milliseconds * MS)).milliseconds) == count


def test_a_card_whose_clock_still_rises_is_warmed_up_first():
    card = PretendedCard()

    def run() -> None:
        card.queue("run", MS * (3 - 2 * min(1.0, card.free / 0.4)))  # steady after 0.4 s

    got = repeat(card, [run])
    assert max(got.milliseconds) == pytest.approx(1.0, rel=0.02)


def test_a_card_that_is_never_steady_is_measured_all_the_same_and_shows_it():
    card = PretendedCard()
    numbers = itertools.count()
    got = repeat(card, [lambda: card.queue("run", MS * (1 + (next(numbers) + 4) // 5 % 2))])
    assert 2.0 < card.now < 3.0
    assert statistics.stdev(got.milliseconds) > 0.1


def test_only_a_flush_makes_every_repetition_cold():
    card = PretendedCard()
    warm = False

    def run() -> None:
        nonlocal warm
        card.queue("run", (0.2 if warm else 1.0) * MS)
        warm = True

    def flush() -> None:
        nonlocal warm
        PretendedCard.flush(card)
        warm = False

    card.flush = flush  # type: ignore[method-assign]
    got = repeat(card, [run])
    assert min(got.milliseconds) == pytest.approx(1.0, rel=0.02)
    assert got.host_milliseconds == pytest.approx(0.2, rel=0.05)


@pytest.mark.parametrize("told", [0.001, 0.0001])
def test_events_that_lie_are_contradicted_by_the_clock_of_the_host(told: float):
    card = PretendedCard(lies=lambda truth: told * truth)
    got = repeat(card, runs(card, seconds=4 * MS))
    assert max(got.milliseconds) < 0.01
    assert got.host_milliseconds == pytest.approx(4.0, rel=0.01)


def test_a_slow_host_does_not_show_where_the_card_has_more_to_do():
    card = PretendedCard(queueing_s=150e-6)  # less than a run and a flush take together
    got = repeat(card, runs(card))
    assert statistics.median(got.milliseconds) == pytest.approx(1.0, rel=0.01)


def test_sets_of_inputs_fill_three_times_the_cache():
    assert input_sets(1 << 30, 50 << 20) == 2
    assert input_sets(50 << 20, 50 << 20) == 3
    assert input_sets(1 << 20, 50 << 20) == 150
