from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from autograder.report.inert import plain
from autograder.report.markdown import to_markdown
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

OUR_HTML = {
    "</details>",
    "<details><summary>About this grading</summary>",
    "<details><summary>Which tests</summary>",
}


def tokens(text: str) -> Iterator[Token]:
    for block in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text):
        yield from block.children if block.children is not None else [block]


def skeleton(text: str) -> list[str]:
    return [token.type for token in tokens(text)]


def words_outside_code(text: str) -> str:
    code = {"code_inline", "fence"}
    return " ".join(t.content for t in tokens(text) if t.type not in code)


@pytest.mark.parametrize("whole", ["graded", "rejected", "grader_error"])
@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_hostile_text_stays_in_code(text: str, whole: str) -> None:
    written = to_markdown(hostile(text, whole=whole))
    assert skeleton(written) == skeleton(to_markdown(hostile("harmless", whole=whole)))
    assert MARK not in words_outside_code(written)
    assert {"link_open", "image"}.isdisjoint(skeleton(written))
    for token in tokens(written):
        if token.type.startswith("html"):
            assert set(token.content.split("\n")) - {""} <= OUR_HTML
    said = [t.content for t in tokens(written) if t.type == "code_inline"]
    assert said[0] == plain(text)


@given(st.text("`|\\~ a<@[:#\n", max_size=12))
def test_no_text_gets_out_of_its_code(text: str) -> None:
    # Marked at both ends, so that what is cut off one would be seen.
    text = f"zq{text}zq"
    written = to_markdown(hostile(text))
    assert "zq" not in words_outside_code(written)
    assert skeleton(written) == skeleton(to_markdown(hostile("harmless")))
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in written.split("\n"))


@given(st.text("`|:# ", max_size=6))
def test_a_text_of_nothing_but_specials_is_code_too(text: str) -> None:
    shown = to_markdown(result(exercises=[exercise(test(text, "passed"), name=text)]))
    said = [t.content for t in tokens(shown) if t.type == "code_inline"]
    safe = plain(text) or " "
    assert said.count(safe) >= (1 if "|" in safe else 2)


def test_long_feedback_is_wrapped() -> None:
    shown = exercise(test("t", "failed", feedback="some words " * 60))
    fences = [t for t in tokens(to_markdown(result(exercises=[shown]))) if t.type == "fence"]
    assert max(len(line) for line in fences[0].content.splitlines()) <= 88


def test_feedback_that_tests_share_is_said_once() -> None:
    tests = [
        test(f"title {n}", "missing", feedback="exercises/x.py is missing.") for n in range(15)
    ]
    text = to_markdown(result(exercises=[exercise(*tests)]))
    assert text.count("exercises/x.py is missing.") == 1
    assert "15 tests" in text
    assert all(f"`title {n}`" in text for n in range(15))


def test_passes_are_folded_away() -> None:
    text = to_markdown(result(exercises=[exercise(*(test(f"t{n}", "passed") for n in range(9)))]))
    assert "<details><summary>9 passed</summary>" in text


def test_every_status_is_named() -> None:
    named = words_outside_code(to_markdown(hostile("x")))
    assert all(status.words in named for status in STATUSES.values())


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (grader_error(), "this is never a zero"),
        (grader_error(), "Student code was not fully confined: no seccomp."),
        (grader_error(), "`s001`: no score"),
        (rejected(), "Nothing in this submission could be read"),
        (sample(), "-4.1 `2 days late`"),
    ],
)
def test_says_what_is_not_as_usual(shown: Result, sentence: str) -> None:
    assert sentence in to_markdown(shown)
