"""The pages of a class as a browser shows them."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from playwright.sync_api import Browser

from autograder.report.html import to_html
from autograder.report.pages import write_pages
from tests.browser import CHECKS, SIZES, Open
from tests.report.classes import made_up_class
from tests.report.samples import (
    HOSTILE,
    HOSTILE_NAMES,
    MARK,
    grader_error,
    hostile,
    measured,
    sample,
)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of a class that is made up, with one whom the grader failed."""
    results = tmp_path_factory.mktemp("class")
    made_up = [(f"s{n:02} {name[:-4]}", r) for n, (name, r) in enumerate(made_up_class(24))]
    for name, result in [*made_up, ("zz broken", grader_error())]:
        (results / name).mkdir()
        (results / name / "result.json").write_text(result.to_json(), encoding="utf-8")
    return write_pages(results)


@pytest.fixture(scope="session")
def hostile_pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of a class that tries to get out of its text, in every string there is."""
    results = tmp_path_factory.mktemp("hostile")
    texts = [text for text in HOSTILE if text]
    for name, text in zip(HOSTILE_NAMES, [*texts, *texts], strict=False):
        (results / name).mkdir()
        # Lone surrogates cannot be written, and so are in no document on disk.
        safe = text.encode("utf-8", "replace").decode()
        (results / name / "result.json").write_text(hostile(safe).to_json(), encoding="utf-8")
    return write_pages(results)


# ------------------------------------------------------------------ nothing but itself


def test_the_class_opens_from_disk_and_asks_for_nothing(pages: Path, look: Open) -> None:
    opened = look(pages)
    assert opened.requests == [pages.as_uri()]
    assert opened.said == []
    assert len(opened.column("Student")) == 25


def test_a_student_opens_from_the_class_and_asks_for_nothing(pages: Path, look: Open) -> None:
    opened = look(pages)
    opened.page.get_by_role("link", name="zz broken").last.click()
    assert opened.page.locator("h1").inner_text() == "Submission s001"
    assert opened.requests == [pages.as_uri(), (pages.parent / "zz broken/feedback.html").as_uri()]
    assert opened.said == []


def test_nothing_that_a_student_wrote_runs(hostile_pages: Path, look: Open) -> None:
    opened = look(hostile_pages)
    opened.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    for button in opened.page.locator("#table thead button").all():
        button.click()
    opened.page.get_by_label("Find a student").fill(MARK)
    assert opened.page.locator("script").count() == 1
    assert opened.page.locator("img, iframe, form, marquee").count() == 0
    assert MARK in opened.page.locator("body").inner_text()
    # Every address leads to the page of a student who is there.
    for href in opened.page.evaluate("[...document.links].map(a => a.href)"):
        assert href.startswith(hostile_pages.parent.as_uri())
    assert opened.requests == [hostile_pages.as_uri()]
    assert opened.said == []


def test_whatever_a_student_is_called_the_page_is_found(hostile_pages: Path, look: Open) -> None:
    opened = look(hostile_pages)
    addresses = opened.page.evaluate(
        "[...document.querySelectorAll('#table tbody th a')].map(a => a.href)"
    )
    assert len(set(addresses)) == len(HOSTILE_NAMES)
    for address in addresses:
        assert Path(os.fsdecode(unquote_to_bytes(urlsplit(address).path))).is_file()
    for address in addresses[::4]:
        opened.page.goto(address)
        assert opened.page.locator("h1").inner_text().startswith("Submission")
        assert opened.page.locator("script, img, a[href*=':']").count() == 0
    assert opened.said == []


@pytest.mark.parametrize(
    "smuggled",
    [
        "<script>document.title = 'owned'</script>",
        "<svg onload=\"document.title = 'owned'\"></svg>",
        "<img src='https://example.org/x.png' onerror=\"document.title = 'owned'\">",
        "<iframe srcdoc=\"<script>parent.document.title = 'owned'</script>\"></iframe>",
        "<style>h1 { display: none }</style>",
    ],
)
def test_even_what_got_out_of_its_place_would_not_run(
    pages: Path, look: Open, tmp_path: Path, smuggled: str
) -> None:
    page = tmp_path / "class.html"
    text = pages.read_text(encoding="utf-8")
    page.write_text(text.replace("<main>", f"<main>{smuggled}"), encoding="utf-8")
    opened = look(page)
    opened.page.wait_for_load_state()
    assert opened.page.title() == "onewalk 0.1.0: the class"
    assert opened.page.locator("h1").is_visible()
    assert "Content Security Policy" in " ".join(opened.said)
    # Ours still does.
    assert opened.page.get_by_label("Find a student").is_visible()


# ------------------------------------------------------------------ the table


def test_without_a_script_it_is_a_plain_table(pages: Path, browser: Browser) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(pages.as_uri())
    rows = page.locator("#table tbody tr")
    assert rows.count() == 25
    assert rows.last.is_visible()
    assert page.locator("#table button").count() == 0
    assert not page.get_by_label("Find a student").is_visible()
    page.close()


def test_scores_sort_as_numbers_with_the_best_first(pages: Path, look: Open) -> None:
    opened = look(pages)
    assert opened.sorted_by() == {"Student": "ascending"}
    scores = sorted((float(s) for s in opened.column("Score") if s), reverse=True)
    assert len(scores) == 24
    button = opened.page.get_by_role("button", name="Score")
    button.click()
    # Who has no score is last, this way and that.
    assert opened.column("Score") == [*(f"{s:.1f}" for s in scores), ""]
    assert opened.sorted_by() == {"Score": "descending"}
    button.click()
    assert opened.column("Score") == [*(f"{s:.1f}" for s in reversed(scores)), ""]
    assert opened.sorted_by() == {"Score": "ascending"}


def test_names_sort_both_ways(pages: Path, look: Open) -> None:
    opened = look(pages)
    names = opened.column("Student")
    opened.page.get_by_role("button", name="Student").click()
    assert opened.column("Student") == names[::-1]
    opened.page.get_by_role("button", name="Student").click()
    assert opened.column("Student") == names


def test_the_keyboard_is_enough(pages: Path, look: Open) -> None:
    opened = look(pages)
    keyboard = opened.page.keyboard
    opened.page.get_by_label("Find a student").focus()
    keyboard.type("zz")
    assert opened.column("Student") == ["zz broken"]
    keyboard.press("Escape")
    assert len(opened.column("Student")) == 25
    # From the field by way of the table itself, which can be scrolled, to its headings.
    for _ in range(3):
        keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.innerText").strip() == "Score"
    keyboard.press("Enter")
    assert opened.sorted_by() == {"Score": "descending"}
    keyboard.press(" ")
    assert opened.sorted_by() == {"Score": "ascending"}


def test_what_is_typed_narrows_the_table_and_is_counted(pages: Path, look: Open) -> None:
    opened = look(pages)
    count = opened.page.get_by_role("status")
    assert count.inner_text() == "25 students"
    assert count.get_attribute("aria-live") == "polite"
    find = opened.page.get_by_label("Find a student")
    find.fill("ZZ  broken")
    assert opened.column("Student") == ["zz broken"]
    assert count.inner_text() == "1 of 25 students"
    find.fill("grader failed")  # notes are looked through as well
    assert opened.column("Student") == ["zz broken"]
    find.fill("nobody at all")
    assert opened.column("Student") == []
    assert count.inner_text() == "0 of 25 students"
    opened.page.get_by_role("button", name="Score").click()
    find.fill("")
    assert len(opened.column("Student")) == 25
    assert opened.sorted_by() == {"Score": "descending"}


# ------------------------------------------------------------------ for every reader


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_for_every_reader(
    pages: Path, look: Open, scheme: str, tmp_path: Path
) -> None:
    of_students = sorted(pages.parent.glob("s*/feedback.html"))[:1]
    for name, result in (("mixed", sample()), ("card", measured())):
        of_students.append(tmp_path / f"{name}.html")
        of_students[-1].write_text(to_html(result), encoding="utf-8")
    opened = look(pages, scheme=scheme)
    for page in (pages, *of_students):
        opened.page.goto(page.as_uri())
        opened.page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        assert opened.page.evaluate(CHECKS) == []


def test_on_a_phone_nothing_is_wider_than_the_page(
    pages: Path, hostile_pages: Path, look: Open, tmp_path: Path
) -> None:
    card = tmp_path / "card.html"
    card.write_text(to_html(measured()), encoding="utf-8")
    students = [
        next(iter(sorted(p.parent.glob("*/feedback.html")))) for p in (pages, hostile_pages)
    ]
    opened = look(pages, size="phone")
    for page in (pages, hostile_pages, *students, card):
        opened.page.goto(page.as_uri())
        width = opened.page.evaluate("document.documentElement.scrollWidth")
        assert width <= SIZES["phone"][0]


def test_on_paper_nothing_is_folded_or_cut_off(pages: Path, look: Open) -> None:
    opened = look(pages)
    opened.page.emulate_media(media="print")
    assert not opened.page.get_by_label("Find a student").is_visible()
    assert not opened.page.get_by_role("navigation").is_visible()
    folded = opened.page.locator(".group tbody th").first
    assert folded.evaluate("e => e.checkVisibility({contentVisibilityAuto: true})")
    assert folded.evaluate("e => e.getBoundingClientRect().height") > 0
    heights = opened.page.evaluate(
        "[...document.querySelectorAll('.scroll')].map(e => getComputedStyle(e).overflowY)"
    )
    assert set(heights) == {"visible"}
    # Buttons are left out where a heading is repeated on the next page; words are not.
    assert opened.page.locator("#table thead .paper").first.is_visible()
