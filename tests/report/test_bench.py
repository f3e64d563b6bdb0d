"""Tables and charts of ``autograder bench``. Every figure here is made up; none is of a card."""

from __future__ import annotations

import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from autograder.report.bench import print_bench, to_html
from autograder.report.chart import chart, short
from tests.report.bench_samples import ATTENTION, compiled, measured
from tests.report.test_html import Page


def printed(document: dict) -> str:
    out = io.StringIO()
    print_bench(document, Console(file=out, width=110, highlight=False))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def test_on_a_terminal():
    text = printed(measured())
    assert text.startswith("The reference kernels on a card that is made up\n")
    assert "online_softmax, float32: share of the card's own copy" in text
    assert "1k                        0.930          0.880               0.900   1.000" in text
    assert "128k                      0.890          0.630                   -   1.000" in text
    assert "  torch.compile of the naive recipe, 128k: not <b>here</b>" in text
    assert "flash_attention, bfloat16, D = 128: TFLOP/s" in text
    assert "16k               455                 371                 215" in text
    assert "  PyTorch's plain attention, 4k to 16k: not <b>here</b>" in text


def test_without_a_card_on_a_terminal():
    head, _, table = printed(compiled()).partition("\n\n")
    assert head == "There is no card here: this is what the compiler says of the reference kernels."
    rows = [line.split("  ") for line in table.splitlines()]
    cells = [[c.strip() for c in row if c.strip()] for row in rows]
    assert ["sm_75", "1k", "short_rows", "55", "0", "128", "0.56"] in cells
    assert ["sm_75", "4k to 8k", "short_rows", "55", "0", "64", "0.56"] in cells
    # One of several configurations, which the line below the table says.
    assert ["sm_100", "8k", "short_rows *", "55", "0", "64", "0.56"] in cells
    assert table.strip().endswith(
        "* the first of several configurations; which is fastest, a card decides"
    )
    # Two kernels of the same cases, each in a row of its own.
    assert ["sm_90", "4k to 8k", "statistics", "55", "0", "64", "0.56"] in cells
    assert ["sm_90", "4k to 8k", "answer", "55", "1,200", "64", "0.25"] in cells
    assert ["1k: The kernel short_rows does not compile for a card (sm_90): no."] in cells


def test_lengths_that_do_not_follow_each_other_are_no_range():
    document = compiled()
    document["builds"] = [
        {**document["builds"][0], "length": length, "registers": registers}
        for length, registers in ((1024, 10), (2048, 20), (4096, 10))
    ]
    text = printed(document)
    assert "1k, 4k" in text
    assert "1k to 4k" not in text


def test_a_page_says_all_that_the_tables_say_and_loads_nothing():
    for document in (measured(), compiled()):
        page = to_html(document)
        parsed = Page(page)
        assert not {name for name, _ in parsed.tags} & {"script", "link", "img", "b", "iframe"}
        assert "http" not in page.replace("http-equiv", "")
        words = " ".join(parsed.words.split())
        for line in printed(document).splitlines():
            for cell in filter(None, (c.strip() for c in line.split("  "))):
                first = cell.removesuffix(": as compiled").partition(": ")[0]
                assert first.split(" of")[0] in words


def test_each_line_is_drawn_and_named():
    page = to_html(measured())
    for name, line in ATTENTION.items():
        drawn = 2 if name == "the reference" else 1 if line else 0
        assert page.count(f">{name.replace(chr(39), '&#39;')}</text>") == drawn
    # Two runs of one line, for there is a gap in it; one each of the others; a leader each.
    assert page.count("<polyline") == (4 + 1 + 4) + (4 + 4)


def test_a_point_stands_where_its_value_is():
    got = chart({"a": {1024: 0.25, 4096: 0.5, 16384: 1.0}}, {"a": 0}, (1.0, "bound"))
    ((points,),) = (line.runs for line in got.lines)
    assert [x for x, _ in points] == pytest.approx([m.at for m in got.x])
    first, second, third = points
    assert second[0] - first[0] == pytest.approx(third[0] - second[0])  # each four times the last
    scale = {m.text: m.at for m in got.y}
    assert [y for _, y in points] == pytest.approx([scale["0.25"], scale["0.50"], scale["1.00"]])
    assert got.bound.at == pytest.approx(scale["1.00"])
    assert scale["0.00"] == got.base


@given(
    st.lists(st.floats(0.001, 900), min_size=1, max_size=7),
    st.floats(0.5, 3000),
)
def test_names_never_lie_on_each_other(values: list[float], bound: float):
    names = [str(n) for n in range(len(values))]
    got = chart(
        {name: {1024: v} for name, v in zip(names, values, strict=True)},
        {name: n for n, name in enumerate(names)},
        (bound, ""),
    )
    heights = sorted(line.name_y for line in got.lines)
    assert all(b - a >= 16.9 for a, b in pairwise(heights))
    # And in the order of the values that they name.
    order = sorted(got.lines, key=lambda line: line.name_y)
    assert [line.end[1] for line in order] == sorted(line.end[1] for line in got.lines)
    for line in got.lines:
        assert got.top - 40 <= line.end[1] <= got.base
    assert 3 <= len(got.y) <= 8


def test_lengths_in_words():
    assert [short(n) for n in (100, 1000, 1024, 16384, 1 << 20, 3000 * 1024)] == [
        "100", "1,000", "1k", "16k", "1M", "3000k",
    ]  # fmt: skip
