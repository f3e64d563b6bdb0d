import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.report.plots import drawings, histogram, share_bins


def test_every_percentage_is_in_a_bin() -> None:
    plot = histogram([-3.0, 0.0, 4.99, 5.0, 35.0, 99.9, 100.0, 104.0] * 10, median=20.0)
    counts = {bar.range: bar.count for bar in plot.bars}
    assert sum(counts.values()) == 80
    assert counts["0 % to below 5 %"] == 30
    assert counts["5 % to below 10 %"] == 10
    assert counts["35 % to below 40 %"] == 10
    assert counts["95 to 100 %"] == 30


def test_a_small_class_has_wide_bins() -> None:
    assert len(histogram([50.0] * 5, 50.0).bars) == 10


def test_bars_are_as_high_as_their_counts() -> None:
    bars = [bar for bar in histogram([10.0, 55.0, 55.0], 55.0).bars if bar.count]
    assert bars[0].height * 2 == bars[1].height
    assert {round(bar.y + bar.height, 6) for bar in bars} == {264.0}


def test_a_share_on_an_edge_is_above_it() -> None:
    assert share_bins([n / 20 for n in range(21)], 20) == (*[1] * 19, 2)


def test_a_walk_is_drawn_as_often_and_as_far_as_it_went() -> None:
    (walks,) = drawings({"walks_read": 2.25, "walks_written": 1.0}).walks
    assert [(p.kind, p.width) for p in walks.passes] == [
        ("read", 100),
        ("read", 100),
        ("read", 25),
        ("write", 100),
    ]
    assert walks.summary == "2.25\N{MULTIPLICATION SIGN} read, 1\N{MULTIPLICATION SIGN} written"


def test_hair_breadths_are_no_walk() -> None:
    (walks,) = drawings({"walks_read": 1.003, "walks_written": 0.999}).walks
    assert len(walks.passes) == 2


def test_long_rows_are_told_from_short_ones() -> None:
    measured = {
        **{"walks_read": 1.0, "walks_written": 1.0},
        **{"long_walks_read": 3.0, "long_walks_written": 1.0},
    }
    short, long = drawings(measured).walks
    assert (short.title, long.title) == ("Rows that fit", "Rows too long for the chip")
    assert len(long.passes) == 4


def test_a_thousand_walks_are_not_all_drawn() -> None:
    (walks,) = drawings({"walks_read": 1000.0, "walks_written": 1.0}).walks
    assert len(walks.passes) == 8
    assert walks.more > 0


def test_errors_stand_where_their_logarithms_do() -> None:
    plot = drawings(
        {
            "error_by_magnitude": [[1.0, 1e-16], [100.0, 1e-14], [1000.0, None], [1e4, 1e-12]],
            "allowed_by_magnitude": [[1.0, 1e-11], [1e4, 1e-11]],
        }
    ).errors
    assert plot is not None
    first, second, third, last = plot.marks
    assert second.x == pytest.approx((first.x + last.x) / 2)
    assert third.y is None
    assert first.y is not None
    assert second.y is not None
    assert last.y is not None
    assert second.y == pytest.approx((first.y + last.y) / 2)
    # No line leads over what is no number.
    assert plot.curve == ((first, second),)
    assert len(plot.bound) == 1


def test_no_error_at_all_has_a_place_and_is_called_0() -> None:
    plot = drawings({"error_by_magnitude": [[1.0, 0.0], [10.0, 1e-15]]}).errors
    assert plot is not None
    assert plot.up[0].text == "0"


@pytest.mark.parametrize(
    "series",
    ["1, 2", [[1.0]], [["1", 2.0]], [[True, 1.0]], [[0.0, 1.0]], [[-1.0, 1.0]], [{}], {}, None, []],
)
def test_what_is_no_series_is_not_drawn(series: Any) -> None:
    assert drawings({"error_by_magnitude": series}).errors is None


@given(
    st.lists(
        st.lists(
            st.floats() | st.integers() | st.just(10**400) | st.none() | st.text(max_size=3),
            max_size=3,
        ),
        max_size=6,
    ),
    st.floats() | st.integers() | st.just(10**400) | st.text(max_size=3),
)
def test_whatever_was_measured_marks_are_on_the_paper(series: Any, walks: Any) -> None:
    drawn = drawings(
        {
            **{"error_by_magnitude": series, "allowed_by_magnitude": series},
            **{"walks_read": walks, "walks_written": walks},
        }
    )
    for mark in drawn.errors.marks if drawn.errors else ():
        assert 0 <= mark.x <= 100
        assert mark.y is None or 0 <= mark.y <= 186
    for one in drawn.walks:
        assert len(one.passes) <= 8
        assert all(0 < p.width <= 100 and math.isfinite(p.width) for p in one.passes)
