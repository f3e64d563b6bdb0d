"""The class's ranking. All figures are made up."""

from collections.abc import Sequence
from typing import Any

import pytest

from autograder.report.leaderboard import leaderboard, to_html
from autograder.result import ExerciseResult, Result
from tests.report.samples import CARD, HOSTILE, MARK, exercise, hostile, result, timed
from tests.report.test_html import Page

STUDENT = "name-of-a-student"


def task(
    nickname: str | None,
    fractions: dict[str, float | None],
    name: str = "online_softmax",
    **more: Any,
) -> ExerciseResult:
    shapes = [timed(shape, fraction=f) for shape, f in fractions.items()]
    return exercise(
        name=name, nickname=nickname, measurements={"card": CARD, "speed": shapes} | more
    )


def student(*tasks: ExerciseResult) -> Result:
    whole = result(exercises=list(tasks))
    return whole.model_copy(
        update={"submission": whole.submission.model_copy(update={"id": STUDENT})}
    )


def places(results: Sequence[Result], shape: str = "short") -> list[tuple[int, str, str]]:
    (board,) = leaderboard(results)
    (ranking,) = [r for r in board.rankings if r.shape == shape]
    return [(p.rank, p.nickname, p.written) for p in ranking.places]


def test_the_nearest_to_the_bound_is_first():
    results = [student(task(n, {"short": f})) for n, f in (("b", 0.5), ("a", 0.4), ("c", 0.9))]
    assert places(results) == [(1, "c", "0.90"), (2, "b", "0.50"), (3, "a", "0.40")]


def test_each_shape_has_a_ranking_of_its_own():
    results = [
        student(task("a", {"short": 0.9, "long": 0.1})),
        student(task("b", {"short": 0.2, "long": 0.6})),
    ]
    assert [p[1] for p in places(results, "short")] == ["a", "b"]
    assert [p[1] for p in places(results, "long")] == ["b", "a"]


def test_equal_shares_have_equal_ranks():
    given = {"z": 0.801, "Y": 0.799, "x": 0.804, "first": 0.9, "last": 0.7}
    results = [student(task(n, {"short": f})) for n, f in given.items()]
    assert places(results) == [
        (1, "first", "0.90"),
        *((2, n, "0.80") for n in ("x", "Y", "z")),
        (5, "last", "0.70"),
    ]


def test_two_students_with_one_nickname_are_two():
    results = [student(task("moth", {"short": f})) for f in (0.3, 0.6)]
    assert places(results) == [(1, "moth", "0.60"), (2, "moth", "0.30")]


@pytest.mark.parametrize(
    "left_out",
    [
        task(None, {"short": 0.99}),
        task("", {"short": 0.99}),
        task("\u200b\u202e", {"short": 0.99}),
        task("not timed", {}),
        task("deferred", {"short": None}),
        task("odd", {}, speed=[{"name": "short", "fraction": "0.99"}]),
    ],
    ids=["none", "blank", "nothing to see", "no shape", "no share", "no number"],
)
def test_who_has_no_nickname_or_no_measurement_is_not_in_it(left_out: ExerciseResult):
    results = [student(left_out), student(task("in", {"short": 0.1}))]
    assert places(results) == [(1, "in", "0.10")]
    assert leaderboard([student(left_out)]) == ()


def test_tasks_and_shapes_stand_in_the_order_of_the_assignment():
    results = [
        student(task("late", {"long": 0.3}), task("late", {"full": 0.3}, name="attention")),
        student(task("all", {"short": 0.3, "middle": 0.3, "long": 0.3})),
    ]
    boards = leaderboard(results)
    assert [board.task for board in boards] == ["online_softmax", "attention"]
    assert [r.shape for r in boards[0].rankings] == ["short", "middle", "long"]


def test_cards_are_told_where_they_differ():
    other = {**CARD, "name": "Another made-up card"}
    results = [student(task("a", {"short": 0.3})), student(task("b", {"short": 0.2}, card=other))]
    assert leaderboard(results)[0].cards == ("Another made-up card", "Made-up card")
    assert "<small>Another made-up card</small>" in to_html(results)
    assert "<small>Made-up card</small>" not in to_html(results[:1])


def test_no_student_is_named():
    results = [
        student(task("moth", {"short": 0.5}), task(None, {"full": 0.4}, name="attention")),
        student(task(None, {"short": 0.77})),
    ]
    page = to_html(results)
    assert "moth" in page
    assert STUDENT not in page
    assert "0.77" not in page
    assert "attention" not in page


def test_an_empty_ranking_says_so():
    assert "Nobody is in it yet" in to_html([])


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_hostile_text_is_text(text: str):
    page = Page(to_html([hostile(text), hostile(text)]))
    assert page.tags == Page(to_html([hostile("harmless"), hostile("harmless")])).tags
    assert page.others == []
    assert MARK in page.words


def test_a_nickname_of_thousands_of_characters_is_cut():
    ((_, nickname, _),) = places([student(task("long " * 5000, {"short": 0.5}))])
    assert len(nickname) <= 24


def test_nothing_is_loaded_and_nothing_runs():
    text = to_html([student(task("moth", {"short": 0.5}))])
    page = Page(text)
    names = {tag for tag, _ in page.tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object", "form", "base", "a"})
    assert "default-src 'none'" in text
    assert not page.attributes("src")


def test_the_page_can_be_read_by_machines_that_read_aloud():
    page = Page(to_html([student(task("moth", {"short": 0.5, "long": 0.4}))]))
    assert all("scope" in dict(attrs) for tag, attrs in page.tags if tag == "th")
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert set(page.attributes("aria-labelledby")) <= set(ids)
