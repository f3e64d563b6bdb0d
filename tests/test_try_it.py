"""The page that breaks softmax and takes the one walk, in a browser and beside NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.browser import CHECKS, SIZES, Open, Opened
from tests.conftest import ROOT

PAGE = ROOT / "exercises/try-it.html"
TENSES = ("present", "past", "present perfect", "future", "past perfect")
SENTENCE = (1.2, 4.7, 3.1, 0.5, 2.9)
INF = float("inf")


@pytest.fixture
def opened(look: Open) -> Opened:
    return look(PAGE)


def plain(text: str) -> str:
    """With the signs that a keyboard has."""
    return text.replace("\N{MINUS SIGN}", "-").replace("\N{MULTIPLICATION SIGN}", "*")


def number(text: str) -> float:
    return float(plain(text).replace("\N{INFINITY}", "inf"))


# ------------------------------------------------------------------ naive and stable

# Moves all sliders, the last of which is the temperature's power of ten, and reads what follows.
MOVE = """positions => {
  document.querySelectorAll("input[type=range]").forEach((slider, n) => {
    slider.value = positions[n];
    slider.dispatchEvent(new Event("input"));
  });
  const texts = [...document.querySelectorAll("#answers td > span:first-child")]
    .map(cell => cell.textContent);
  return {
    naive: texts.filter((_, n) => n % 2 === 0),
    stable: texts.filter((_, n) => n % 2 === 1),
    says: document.getElementById("verdict").textContent,
    temperature: document.getElementById("t").getAttribute("aria-valuetext"),
  };
}"""


def move(opened: Opened, logits: Sequence[float], ten: float = 0.0) -> dict[str, Any]:
    found: dict[str, Any] = opened.page.evaluate(MOVE, [*logits, ten])
    return found | {way: [number(text) for text in found[way]] for way in ("naive", "stable")}


def verdict(opened: Opened) -> str:
    return opened.page.locator("#verdict").inner_text()


def in_numpy(logits: Sequence[float], t: float) -> dict[str, np.ndarray]:
    with np.errstate(all="ignore"):
        x = np.array(logits, np.float32) / np.float32(t)
        naive, stable = np.exp(x), np.exp(x - x.max())
        return {"naive": naive / naive.sum(), "stable": stable / stable.sum()}


def test_it_opens_from_disk_and_asks_for_nothing(opened: Opened) -> None:
    assert opened.requests == [PAGE.as_uri()]
    assert opened.said == []
    assert verdict(opened) == "Naive and stable agree."


def test_both_columns_are_what_numpy_gives(opened: Opened) -> None:
    for logits, says in (
        (SENTENCE, "agree"),
        ([1.2, 92, 3.1, 0.5, 2.9], "exponential is too large"),
        ([88.7, 1, 0, -1, -2], "agree"),
        ([88.8, 1, 0, -1, -2], "exponential is too large"),
        ([88, 88, 88, 88, 88], "their sum does not"),
        ([-100, -100, -100, -100, -100], "agree"),
        ([-99, -100, -100, -100, -100], "subnormal"),
        ([-100, 0, 20, -60, 19], "agree"),
        ([-105, -110, -106, -104, -104], "exponential is too small for float32"),
    ):
        found, expected = move(opened, logits), in_numpy(logits, 1)
        for way in expected:
            np.testing.assert_allclose(found[way], expected[way], rtol=6e-4)
        assert says in found["says"]


@pytest.mark.parametrize("logits", [SENTENCE, [-1.2, -4.7, -3.1, -1.5, -2.9]])
def test_naive_breaks_at_the_temperature_at_which_numpys_does(
    opened: Opened, logits: Sequence[float]
) -> None:
    broken = set()
    for hundredths in (0, -60, *range(-112, -148, -3), -200):
        found = move(opened, logits, hundredths / 100)
        expected = in_numpy(logits, float(found["temperature"]))
        assert np.isnan(found["naive"]).tolist() == np.isnan(expected["naive"]).tolist()
        assert np.isfinite(found["stable"]).all()
        broken.add(bool(np.isnan(found["naive"]).any()))
        assert ("broken" in found["says"]) == np.isnan(found["naive"]).any()
    assert broken == {False, True}


def test_the_keyboard_breaks_it_and_mends_it(opened: Opened) -> None:
    heat = opened.page.get_by_role("slider", name="temperature T", exact=True)
    heat.press("ArrowLeft")
    assert heat.get_attribute("aria-valuetext") == "0.98"
    heat.press("Home")
    assert "Naive is broken" in verdict(opened)
    heat.press("End")
    assert "agree" in verdict(opened)
    future = opened.page.locator("#answers td").nth(6)
    before = future.inner_text()
    opened.page.get_by_role("slider", name="future", exact=True).press("ArrowRight")
    assert number(future.inner_text().split()[0]) > number(before.split()[0])


def test_examples_are_a_press_away(opened: Opened) -> None:
    for name, says in {
        "Far too sure": "exponential is too large",
        "All 88": "their sum does not",
        "Near the floor": "subnormal",
        "The sentence": "agree",
    }.items():
        opened.page.get_by_role("button", name=name).click()
        assert says in verdict(opened)
    shown = opened.page.locator(".slider output").all_inner_texts()
    assert [number(text) for text in shown] == [*SENTENCE, 1]


# ------------------------------------------------------------------ one walk

STATE = """() => {
  const text = id => document.getElementById(id).innerText;
  return {
    m: text("m"), d: text("d"), rescale: text("rescale"), says: text("step"),
    steps: document.querySelectorAll("#steps tr").length,
    current: document.querySelectorAll("#chips [aria-current]").length,
    focus: document.activeElement.textContent,
  };
}"""


def state(opened: Opened) -> dict[str, Any]:
    found: dict[str, Any] = opened.page.evaluate(STATE)
    return found | {"m": number(found["m"]), "d": number(found["d"]), "says": plain(found["says"])}


def start(opened: Opened, stream: str) -> None:
    opened.page.get_by_label("Stream", exact=True).fill(stream)
    opened.page.keyboard.press("Enter")


def in_two_walks(numbers: Sequence[float]) -> tuple[float, float]:
    m = max(numbers, default=-INF)
    return m, float(np.exp(np.array(numbers) - m).sum()) if m > -INF else 0.0


@pytest.mark.parametrize(
    "numbers",
    [
        [1.0, 3.0, 2.0],
        [2.0, 0.0, 3.0, 1.0, 5.0],
        [-INF, 0.0, -INF, 0.0],
        [1000.0, 3000.0, 3000.0, 2990.5],
        [-500.25, -300.5, -400.0, -299.75],
        [-INF, -INF],
        [],
        np.random.default_rng(3).normal(0, 4, 12).round(2).tolist(),
    ],
    ids=lambda numbers: f"{len(numbers)} from {numbers[0]:g}" if numbers else "none",
)
def test_every_step_by_keyboard_is_right(opened: Opened, numbers: list[float]) -> None:
    start(opened, ", ".join(f"{x:g}" for x in numbers))
    for _ in range(2):  # past the button that takes the stream
        opened.page.keyboard.press("Tab")
    before = -INF
    assert state(opened) | {"m": -INF, "d": 0, "focus": "Next number"} == state(opened)
    for n in range(1, len(numbers) + 1):
        opened.page.keyboard.press("Enter" if n % 2 else " ")
        now, (m, d) = state(opened), in_two_walks(numbers[:n])
        assert (now["m"], now["d"]) == (m, pytest.approx(d, rel=1e-6))
        if m > before > -INF:
            assert number(now["rescale"]) == pytest.approx(np.exp(before - m), rel=1e-3)
        else:
            assert now["rescale"] == "nothing"
        assert (now["steps"], now["current"]) == (n, 1)
        before = m
    # Nothing comes after the last one, and the keyboard has not lost its place.
    last = state(opened)
    opened.page.keyboard.press("Enter")
    assert state(opened) == last
    assert last["focus"] == "Next number"
    assert opened.said == []


def test_it_says_what_happened_and_takes_it_back(opened: Opened) -> None:
    press = opened.page.keyboard.press
    assert "Before the first number" in state(opened)["says"]
    opened.page.get_by_role("button", name="Next number").focus()
    press("Enter")
    assert state(opened)["says"] == "1 is the first to count: m = 1, d = 1."
    press("Enter")
    assert state(opened)["says"] == (
        "3 is a new maximum: m = 3. Rescale: d * e^(1 - 3) = 1 * 0.1353. "
        "Then the newcomer adds 1: d = 1.135335."
    )
    press("Enter")
    assert state(opened)["says"].startswith(
        "2 is not above m = 3, so nothing is rescaled. It adds e^(2 - 3) = 0.3679: d = 1.503215."
    )
    opened.page.get_by_role("button", name="Back").press("Enter")
    assert (state(opened)["m"], state(opened)["d"], state(opened)["steps"]) == (3, 1.135335, 2)
    opened.page.get_by_role("button", name="Start over").press("Enter")
    assert (state(opened)["m"], state(opened)["d"], state(opened)["steps"]) == (-INF, 0, 0)


def test_it_says_whether_two_walks_agree_to_the_last_bit(opened: Opened) -> None:
    said = set()
    for seed in range(6):
        numbers = np.random.default_rng(seed).normal(0, 2, 9).round(2).tolist()
        start(opened, " ".join(map(str, numbers)))
        opened.page.evaluate(
            "n => { while (n--) document.getElementById('next').click(); }", len(numbers)
        )
        same, _, rest = state(opened)["says"].partition("Two walks give ")[2].partition(" beside ")
        if rest:
            online = rest.partition(":")[0]
            assert same != online
            assert float(same) == pytest.approx(float(online), rel=1e-6)
        else:
            assert same == "the same, to the last bit."
        said.add(bool(rest))
    assert said == {True, False}


def test_what_is_no_stream_is_told_and_changes_nothing(opened: Opened) -> None:
    field = opened.page.get_by_label("Stream", exact=True)
    alert = opened.page.get_by_role("alert")
    for bad in ("1, two", "inf", "1e39", "nan", "<img src=x onerror=alert(1)>"):
        start(opened, bad)
        assert "is not a number" in alert.inner_text()
        assert "The stream is still 1, 3, 2." in alert.inner_text()
        assert field.get_attribute("aria-invalid") == "true"
    assert opened.page.locator("img").count() == 0
    start(opened, "4 1234.5678;1234.5679,")
    assert alert.inner_text() == ""
    assert field.get_attribute("aria-invalid") == "false"
    # As NumPy prints them.
    assert opened.page.locator("#chips li").all_inner_texts() == ["4", "1234.5677", "1234.5679"]
    assert opened.said == []


# ------------------------------------------------------------------ for every reader


def worst_case(opened: Opened) -> None:
    """Broken, with long numbers everywhere, and steps of every kind."""
    move(opened, [-99.9, 92.3, 31.1, -88.8, 2.9], -2)
    start(opened, "-1234.5678, 0.00012345, -inf, 1234.5678, 1234.5679, -98765.43")
    opened.page.evaluate("for (let n = 0; n < 6; n++) document.getElementById('next').click()")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_for_every_reader(look: Open, scheme: str) -> None:
    opened = look(PAGE, scheme=scheme)
    assert opened.page.evaluate(CHECKS) == []
    worst_case(opened)
    start(opened, "1, two")
    assert opened.page.evaluate(CHECKS) == []


def test_what_is_moved_has_a_name_and_what_changes_is_announced(opened: Opened) -> None:
    for name in (*TENSES, "temperature T"):
        assert opened.page.get_by_role("slider", name=name, exact=True).count() == 1
    assert opened.page.get_by_role("status").count() == 2
    # A verdict that stays is not set again, and so is not read out at every step of a slider.
    opened.page.evaluate(
        """() => {
          window.changes = 0;
          new MutationObserver(all => { window.changes += all.length; })
            .observe(document.getElementById("verdict"), {childList: true, subtree: true});
        }"""
    )
    move(opened, SENTENCE, -0.2)
    assert opened.page.evaluate("window.changes") == 0
    move(opened, SENTENCE, -2)
    assert opened.page.evaluate("window.changes") > 0


@pytest.mark.parametrize("size", ["small", "phone"])
def test_on_a_phone_nothing_is_wider_than_the_page(look: Open, size: str) -> None:
    opened = look(PAGE, size=size)
    for change in (lambda _: None, worst_case):
        change(opened)
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    heights = opened.page.evaluate(
        "[...document.querySelectorAll('button, #stream')].map(e => e.offsetHeight)"
    )
    assert min(heights) >= 44  # as much as a thumb wants


def test_who_asks_for_less_motion_gets_none(opened: Opened) -> None:
    moves = "getComputedStyle(document.querySelector('#pile i')).transitionDuration"
    assert opened.page.evaluate(moves) == "0.5s"
    opened.page.emulate_media(reduced_motion="reduce")
    assert opened.page.evaluate(moves) == "0s"
    opened.page.emulate_media(reduced_motion="no-preference")
