"""What reports make of a card's measurement. All figures are made up."""

import math
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.report.html import to_html
from autograder.report.markdown import to_markdown
from autograder.report.roofline import Roofline, roofline
from autograder.report.speed import Shape, Speed, speed
from tests.report.regenerate import to_text
from tests.report.samples import CARD, exercise, measured, result, test, timed


def read(*shapes: Any, card: Any = CARD) -> Speed:
    found = speed({"card": card, "speed": list(shapes)})
    assert found is not None
    return found


def shape(**changes: Any) -> Shape:
    return read(timed("short", **changes)).shapes[0]


def drawn(*shapes: Any, card: Any = CARD) -> Roofline:
    found = roofline(read(*shapes, card=card))
    assert found is not None
    return found


# ------------------------------------------------------------------ in words


def test_one_line_says_what_matters():
    assert shape().line == "short: 1,620 GB/s, 0.81 of copy (all from 0.80), 1 read, 64 registers"


def test_what_is_bound_by_something_else_is_told_in_operations():
    assert shape(of="the best", tflops=301.4).line.startswith("short: 301 TFLOP/s, 0.81 of the be")


def test_spills_are_told_where_there_are_any():
    assert shape(spilled_bytes=96).line.endswith(", 96 bytes spilled")
    assert "spilled" not in shape(spilled_bytes=0).line


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"walks_read": 3.0}, "3 reads and 1 write: at most 0.50 of copy"),
        ({"walks_read": 2.0}, "2 reads and 1 write: at most 0.67 of copy"),
        ({"walks_read": 1.5}, "1.5 reads and 1 write: at most 0.80 of copy"),
        ({"walks_read": 1.0, "walks_written": 2.0}, "1 read and 2 writes: at most 0.67 of copy"),
        ({"walks_read": 1.0}, ""),
        ({"walks_read": 1.001}, ""),
        ({"walks_read": None}, ""),
        ({"walks_read": 3.0, "of": "the best"}, ""),
    ],
)
def test_walks_explain_a_share_of_the_copy(changes: dict[str, Any], says: str):
    assert shape(fraction=0.4, **changes).bound == says


def test_a_share_that_walks_do_not_allow_was_helped_by_the_cache():
    helped = shape(walks_read=2.0, fraction=0.85)
    assert helped.bound.endswith("at most 0.67 of copy, but for what the cache still had")


def test_an_explanation_is_given_once():
    long = {"walks_read": 3.0, "fraction": 0.4}
    told = read(timed("a", **long), timed("b"), timed("c", **long)).why
    assert told == ("a, c: 3 reads and 1 write: at most 0.50 of copy.",)


@pytest.mark.parametrize(
    ("fraction", "tone", "says"),
    [
        (0.80, "good", "all points, from 0.80 on"),
        (0.79, "open", "some points: none up to 0.30, all from 0.80 on"),
        (0.30, "bad", "no points up to 0.30, all from 0.80 on"),
    ],
)
def test_a_share_is_worth_points(fraction: float, tone: str, says: str):
    told = shape(fraction=fraction)
    assert (told.tone, told.earns) == (tone, says)


# ------------------------------------------------------------------ what is not there

NOTHING = [None, True, "x", [], {}, -1.0, math.nan, math.inf, 10**400]


@pytest.mark.parametrize("given_speed", [None, "x", 3, {}, [], ["x", 3, None]])
def test_without_a_timed_shape_there_is_nothing(given_speed: Any):
    assert speed({"card": CARD, "speed": given_speed}) is None


@pytest.mark.parametrize("key", timed("short"))
@pytest.mark.parametrize("value", NOTHING, ids=lambda value: repr(value)[:9])
def test_reports_bear_whatever_a_shape_lacks(key: str, value: Any):
    without = {k: v for k, v in timed("short").items() if k != key}
    for item in (without, without | {key: value}):
        shown = result(exercises=[exercise(measurements={"card": CARD, "speed": [item]})])
        for render in (to_text, to_markdown, to_html):
            assert not re.search(r"\b(nan|inf|None)\b", render(shown))


@pytest.mark.parametrize("key", CARD)
@pytest.mark.parametrize("value", [*NOTHING, 0.0], ids=lambda value: repr(value)[:9])
def test_reports_bear_whatever_a_card_lacks(key: str, value: Any):
    for card in ({k: v for k, v in CARD.items() if k != key}, CARD | {key: value}, None, "x", []):
        shown = exercise(measurements={"card": card, "speed": [timed("short")]})
        for render in (to_text, to_markdown, to_html):
            assert not re.search(r"\b(nan|inf|None)\b", render(result(exercises=[shown])))


def test_a_share_of_nothing_is_shown():
    told = read(timed("short", fraction=0.0, gbps=0.0, tflops=0.0, milliseconds=None))
    assert told.shapes[0].share == "0.00 of copy"
    assert roofline(told) is None


# ------------------------------------------------------------------ the picture


def test_a_point_is_under_the_roof_by_its_share():
    """At half of the copy, a point lies as far under the slope as at a quarter under the half."""
    whole, half, quarter = (
        drawn(timed("s", fraction=f, tflops=2.0 * 0.625 * f), timed("floor", tflops=0.1))
        .points[0]
        .y
        for f in (1.0, 0.5, 0.25)
    )
    assert half - whole == pytest.approx(quarter - half)
    assert half > whole


def test_the_point_of_a_copy_lies_on_the_slope():
    picture = drawn(timed("s", tflops=2.0 * 0.625))
    slope, (point,) = picture.slope, picture.points
    assert slope is not None
    share = (point.x - slope.x1) / (slope.x2 - slope.x1)
    assert point.y == pytest.approx(slope.y1 + share * (slope.y2 - slope.y1))


def test_the_roof_bends_where_the_two_bounds_meet():
    picture = drawn(timed("s"))
    assert picture.slope is not None
    assert picture.flat is not None
    assert (picture.slope.x2, picture.slope.y2) == pytest.approx((picture.flat.x1, picture.flat.y1))
    assert picture.flat.y1 == picture.flat.y2


def test_full_points_begin_in_parallel_to_the_slope():
    picture = drawn(timed("s", full=0.5), timed("t", full=0.5))
    assert picture.slope is not None
    (full,) = picture.fulls
    for line in (full, picture.slope):
        assert line.x2 > line.x1
    steep, same = ((a.y2 - a.y1) / (a.x2 - a.x1) for a in (picture.slope, full))
    assert steep == pytest.approx(same)
    assert full.y2 > picture.slope.y2


def test_lines_that_nobody_could_tell_apart_are_one():
    assert len(drawn(timed("s", full=0.80), timed("t", full=0.81)).fulls) == 1
    assert len(drawn(timed("s", full=0.40), timed("t", full=0.81)).fulls) == 2


def test_another_bound_has_its_mark_at_its_point():
    above, below = (
        drawn(timed("s", of="the best", fraction=f, full=0.75)).points[0] for f in (0.5, 0.9)
    )
    assert above.target is not None
    assert below.target is not None
    assert above.target.y1 < above.y
    assert below.target.y1 > below.y


@pytest.mark.parametrize("lacks", ["copy_gbps", "matmul_tflops"])
def test_half_a_roof_is_drawn(lacks: str):
    picture = drawn(timed("s"), card=CARD | {lacks: None})
    assert (picture.slope is None) == (lacks == "copy_gbps")
    assert (picture.flat is None) == (lacks == "matmul_tflops")
    assert len(picture.labels) == 1


def test_without_a_roof_there_is_no_picture():
    assert roofline(read(timed("s"), card={"name": "Made-up card"})) is None
    assert '<svg class="roofline"' not in to_html(
        result(exercises=[exercise(measurements={"speed": [timed("s")]})])
    )


@given(
    st.lists(
        st.tuples(st.floats(1, 1e15), st.floats(1, 1e13), st.floats(1e-4, 1e4)),
        min_size=1,
        max_size=8,
    ),
    st.floats(1, 1e5) | st.none(),
    st.floats(0.01, 1e4),
    st.floats(1e-6, 1.2),
)
def test_all_of_a_picture_is_within_it(
    timings: list[tuple[float, float, float]], copy: float | None, matmul: float, full: float
):
    shapes = [
        timed(str(n), flops=flops, bytes=nbytes, milliseconds=ms, tflops=None, full=full)
        for n, (flops, nbytes, ms) in enumerate(timings)
    ]
    picture = drawn(*shapes, card={"copy_gbps": copy, "matmul_tflops": matmul})
    lines = [line for line in (picture.slope, picture.flat, *picture.fulls) if line]
    xs = [p.x for p in picture.points] + [x for line in lines for x in (line.x1, line.x2)]
    ys = [p.y for p in picture.points] + [y for line in lines for y in (line.y1, line.y2)]
    assert picture.left - 0.01 <= min(xs) <= max(xs) <= picture.right + 0.01
    assert picture.top - 0.01 <= min(ys) <= max(ys) <= picture.base + 0.01
    assert len(picture.across) <= 8
    assert len(picture.up) <= 8


def test_labels_do_not_overlap():
    labels = [p.label for p in drawn(*(timed(str(n)) for n in range(6))).points]
    ys = sorted(label.y for label in labels)
    assert min(b - a for a, b in pairwise(ys)) >= 15


def test_the_picture_is_said_in_words():
    page = to_html(measured())
    assert "The roof is Made-up card (copy 2,000 GB/s, matrix product 500 TFLOP/s). short: " in page
    assert 'role="img" aria-labelledby="speed-1-title" aria-describedby="speed-1-said"' in page


# ------------------------------------------------------------------ what was not right


def test_what_earned_a_part_is_not_told_as_wrong():
    tests = [
        test("slow", "failed", score=1.0, feedback="slow"),
        test("wrong", "failed", score=0.0, feedback="wrong"),
    ]
    lines = to_text(result(exercises=[exercise(*tests)])).splitlines()
    assert any(line.split()[:2] == ["PART", "slow"] for line in lines)
    assert any(line.split()[:2] == ["FAIL", "wrong"] for line in lines)
    alike = [test(title, "failed", score=s, feedback="no") for title, s in (("a", 1.0), ("b", 0.0))]
    assert "FAIL  2 tests" in to_text(result(exercises=[exercise(*alike)]))


def test_a_student_sees_the_nickname():
    for render in (to_text, to_markdown, to_html):
        assert "In the class" in render(measured())
        assert "zero to one" in render(measured())
