import base64
import hashlib
import re

import pytest

from autograder.report.class_html import class_to_html
from autograder.report.class_page import Tally
from autograder.report.inert import plain
from tests.report.classes import made_up_class
from tests.report.samples import HOSTILE, HOSTILE_NAMES, MARK, hostile, sample
from tests.report.test_html import Page


def page(*texts: str, folder: str = "s001") -> Page:
    tally = Tally()
    for text in texts:
        tally.add(folder, hostile(text))
    return Page(class_to_html(tally.view()))


@pytest.fixture(scope="module")
def made_up() -> str:
    tally = Tally()
    for name, shown in made_up_class(30):
        tally.add(name, shown)
    return class_to_html(tally.view())


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_hostile_text_makes_no_tag_and_no_attribute(text: str) -> None:
    # Where texts are cut short, findings that differ at their ends become one.
    tame = "harmless" if len(text) < 400 else "harmless " * 5000
    shown = page(text)
    assert shown.tags == page(tame).tags
    assert shown.others == []
    assert plain(text, limit=100).rstrip("…") in shown.words
    assert MARK in shown.words


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_hostile_name_stays_a_name(name: str) -> None:
    shown = page("harmless", folder=name)
    assert [tag for tag, _ in shown.tags] == [tag for tag, _ in page("harmless").tags]
    for address in shown.attributes("href"):
        assert re.fullmatch(r"#[a-z]+|[\w.~%-]+/feedback\.html", address or ""), address


def test_the_policy_lets_nothing_run_but_our_own(made_up: str) -> None:
    def digest(tag: str) -> str:
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", made_up, re.DOTALL)
        return base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()

    policy = (
        f"default-src 'none'; style-src 'sha256-{digest('style')}'; "
        f"script-src 'sha256-{digest('script')}'; base-uri 'none'; form-action 'none'"
    )
    first = Page(made_up).tags[:4]
    assert [tag for tag, _ in first] == ["html", "head", "meta", "meta"]
    assert first[3][1] == (("http-equiv", "Content-Security-Policy"), ("content", policy))


def test_nothing_is_loaded(made_up: str) -> None:
    shown = Page(made_up)
    names = {tag for tag, _ in shown.tags}
    assert names.isdisjoint({"link", "img", "iframe", "object", "embed", "form", "base"})
    assert not shown.attributes("src")
    assert not shown.attributes("style")
    assert not {k for _, attrs in shown.tags for k, _ in attrs if k.startswith("on")}
    assert not re.search(r"url\(|@import|https?:|innerHTML|eval\(", made_up)


def test_a_class_of_one_has_a_page() -> None:
    tally = Tally()
    tally.add("s001", sample())
    assert "median" in class_to_html(tally.view())
