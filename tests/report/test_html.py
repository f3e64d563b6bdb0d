import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.report.html import to_html
from autograder.report.inert import plain
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

Tag = tuple[str, tuple[tuple[str, str | None], ...]]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[Tag] = []
        self.others: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((f"/{tag}", ()))

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    def attributes(self, name: str) -> list[str | None]:
        return [value for _, attrs in self.tags for key, value in attrs if key == name]


@pytest.mark.parametrize("whole", ["graded", "rejected", "grader_error"])
@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_hostile_text_makes_no_tag_and_no_attribute(text: str, whole: str) -> None:
    page = Page(to_html(hostile(text, whole=whole)))
    assert page.tags == Page(to_html(hostile("harmless", whole=whole))).tags
    assert page.others == []
    assert plain(text) in page.words
    assert MARK in page.words


@given(st.text("<>&\"'/{}%#-=! a", min_size=1, max_size=12))
def test_no_text_makes_a_tag(text: str) -> None:
    text = f"x{text}"  # not blank, which leaves places out
    assert Page(to_html(hostile(text))).tags == Page(to_html(hostile("harmless"))).tags


def test_nothing_is_loaded_and_nothing_runs() -> None:
    page = Page(to_html(sample()))
    names = {tag for tag, _ in page.tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base"})
    assert not page.attributes("src")
    assert all(re.fullmatch(r"#exercise-\d+", href or "") for href in page.attributes("href"))
    assert not re.search(r"url\(|@import|http:|https:", to_html(sample()))


def test_the_policy_stands_before_anything_that_it_is_for() -> None:
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    first = Page(to_html(sample())).tags[:4]
    assert [tag for tag, _ in first] == ["html", "head", "meta", "meta"]
    assert first[3][1] == (("http-equiv", "Content-Security-Policy"), ("content", policy))


def test_the_page_can_be_read_by_machines_that_read_aloud() -> None:
    page = Page(to_html(sample()))
    tags = [tag for tag, _ in page.tags]
    assert ("html", (("lang", "en"),)) in page.tags
    assert "width=device-width, initial-scale=1" in page.attributes("content")
    assert tags.count("h1") == 1
    assert tags.count("main") == 1
    assert next(tag for tag in tags if re.fullmatch(r"h\d", tag)) == "h1"
    assert all("scope" in dict(attrs) for tag, attrs in page.tags if tag == "th")
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    assert set(page.attributes("aria-labelledby")) <= set(ids)
    assert {(href or "")[1:] for href in page.attributes("href")} <= set(ids)


def test_feedback_that_tests_share_is_said_once() -> None:
    tests = [
        test(f"title {n}", "missing", feedback="exercises/x.py is missing.") for n in range(15)
    ]
    words = Page(to_html(result(exercises=[exercise(*tests)]))).words
    assert words.count("exercises/x.py is missing.") == 1
    assert "15 tests" in words
    assert all(f"title {n}" in words for n in range(15))


def test_every_status_is_said_in_words() -> None:
    words = Page(to_html(hostile("x"))).words
    assert all(status.words in words for status in STATUSES.values())


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        (grader_error(), "this is never a zero"),
        (grader_error(), "Student code was not fully confined: no seccomp."),
        (grader_error(), "no score"),
        (rejected(), "Nothing in this submission could be read"),
        (sample(), "-4.1 2 days late"),
        (sample(), "Looks like: no shift at all."),
    ],
)
def test_says_what_is_not_as_usual(shown: Result, sentence: str) -> None:
    assert sentence in Page(to_html(shown)).words
