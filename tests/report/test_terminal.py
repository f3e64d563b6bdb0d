import re
from io import BytesIO, StringIO, TextIOWrapper
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from autograder.report.terminal import print_report
from autograder.report.view import STATUSES
from autograder.result import Result
from tests.report.samples import (
    HOSTILE,
    MARK,
    exercise,
    grader_error,
    hostile,
    rejected,
    result,
    sample,
    test,
)

COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def printed(shown: Result, **options: Any) -> str:
    out = StringIO()
    print_report(shown, Console(file=out, **({"width": 80} | options)))
    return out.getvalue()


def assert_plain_lines(text: str) -> None:
    assert text.replace("\n", "").isprintable()
    for line in text.splitlines():
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert line == line.rstrip()


@pytest.mark.parametrize("whole", ["graded", "rejected", "grader_error"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_prints_as_text(text: str, whole: str) -> None:
    shown = hostile(text, whole=whole)
    piped = printed(shown, force_terminal=False)
    assert_plain_lines(piped)
    # On a terminal, the colours are ours and differ in nothing else.
    assert printed(shown, force_terminal=True, color_system=None) == piped
    assert COLOURS.sub("", printed(shown, force_terminal=True, color_system="truecolor")) == piped
    assert (MARK in piped) == (MARK in text)


@given(
    st.text(":#[ e\n", max_size=8)
    # Long enough for our words to be wrapped.
    | st.builds(lambda many, end: "e " * many + end, st.integers(0, 40), st.text(":#[", max_size=3))
)
@example("e " * 14 + ":")
def test_no_command_comes_about_between_data_and_our_words(text: str) -> None:
    assert_plain_lines(printed(hostile(text), force_terminal=False, width=40))


def test_square_brackets_are_no_markup() -> None:
    shown = exercise(name="[bold red]x[/] :smile: [link=https://x.example]y[/link]")
    assert shown.name in printed(result(exercises=[shown]), force_terminal=True, color_system=None)


def test_colours_are_for_terminals_only() -> None:
    assert COLOURS.search(printed(sample(), force_terminal=True, color_system="standard"))
    assert "\x1b" not in printed(sample(), force_terminal=False)
    assert "\x1b[3" not in printed(sample(), force_terminal=True, no_color=True)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("text", ["a title of several words " * 9, "行" * 99, "x" * 300])
def test_lines_fit(text: str, width: int) -> None:
    lines = printed(hostile(text), width=width).splitlines()
    assert max(map(cell_len, lines)) <= min(width, 80)


def test_a_console_without_the_characters_gets_question_marks() -> None:
    raw = BytesIO()
    out = TextIOWrapper(raw, encoding="ascii")
    print_report(hostile("é 行 long " * 500), Console(file=out, width=80))
    out.flush()
    assert b"Submission ? ? long" in raw.getvalue()


def test_feedback_that_tests_share_is_said_once() -> None:
    tests = [
        test(f"title {n}", "missing", feedback="exercises/x.py is missing.") for n in range(15)
    ]
    text = printed(result(exercises=[exercise(*tests)]))
    assert text.count("exercises/x.py is missing.") == 1
    assert "15 tests" in text
    words = " ".join(text.split())
    assert all(f"title {n}" in words for n in range(15))
    assert len(text.splitlines()) < 20


def test_every_status_has_its_label() -> None:
    lines = printed(hostile("x")).splitlines()
    for status in STATUSES.values():
        assert any(line.lstrip().startswith(f"{status.label} ") for line in lines)


def test_says_when_there_is_no_grading_as_usual() -> None:
    text = " ".join(printed(grader_error()).split())
    assert "the grader itself failed" in text
    assert "Ask your instructor; this is never a zero." in text
    assert text.endswith("Total no score")
    assert "Nothing in this submission could be read" in printed(rejected())


def test_missing_confinement_cannot_be_overlooked() -> None:
    assert "WARNING Student code was not fully confined: no seccomp." in printed(grader_error())
    assert "WARNING" not in printed(sample())
