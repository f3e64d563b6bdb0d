import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.report.inert import plain
from tests.report.samples import HOSTILE

NASTY = st.sampled_from(
    list(":#[]; \t\r\n\x07\x1b\x9b\x9d\x85\u200b\u202e\u2028\u0301m0\ud800\udc00")
)
TEXTS = st.text(NASTY | st.characters(), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rows sum to one", "rows sum to one"),
        ("λ é 行 🙂 שלום", "λ é 行 🙂 שלום"),
        ("a\tb\nc\r\nd\x85e\u2028f\u00a0g", "a b c d e f g"),
        ("\x00a\x08\x7fb\x80", "ab"),
        ("\x1b[1;31mred\x1b[0m \x9b2Jgone", "red gone"),
        ("\x1b]0;title\x07\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]never ended", "never ended"),
        ("\x1b]not \x1b[mswallowed\x07", "not swallowed"),
        ("\x1b\x1b[0m[31m", "[31m"),
        ("\u202eabc\u202c\u2066d\u2069\u200e\u200f\u061c", "abcd"),
        ("a\u200b\u200d\u2060\ufeff\u00adb\U000e0041", "ab"),
        ("\ud800a\udfff", "\ufffda\ufffd"),
        ("\ue000\U0010ffff", "\ufffd\ufffd"),
        ("::error::x", ": :error: :x"),
        (":::", ": : :"),
        (":\u200b:error:\x1b[m:", ": :error: :"),
        ("##[group]", "# #[group]"),
        ("###[group] #\u200b#vso[x]", "# # #[group] # #vso[x]"),
    ],
)
def test_keeps_what_is_visible_and_nothing_else(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_lines_and_indentation_stay_where_lines_are_wanted() -> None:
    assert plain("\n a:\r\n\tb \x1b[m\r\n\n\n\n  c\u2028d\n", lines=True) == " a:\n b\n\n  c d"


def test_long_text_ends_in_an_ellipsis() -> None:
    assert plain("x" * 2000) == "x" * 2000
    assert plain("x" * 2001) == "x" * 1999 + "…"
    assert plain("abc def", limit=5) == "abc…"
    assert plain("\u200b" * 100_000 + "hidden") == "…"


@pytest.mark.parametrize("unit", ["\x1b]", "\x9d", "\x1b[0", "\x1b ", ":", "#", "\n", " "])
def test_takes_no_time_for_a_long_text(unit: str) -> None:
    start = time.perf_counter()
    plain(unit * 1_000_000, lines=True)
    assert time.perf_counter() - start < 1


@given(TEXTS, st.booleans())
@example("".join(HOSTILE), True)
def test_whatever_comes_in_harmless_text_comes_out(text: str, lines: bool) -> None:
    safe = plain(text, lines=lines, limit=50)
    assert plain(safe, lines=lines, limit=50) == safe
    assert len(safe) <= 50
    assert "::" not in safe
    assert "##" not in safe
    assert {unicodedata.category(c) for c in safe if not (lines and c == "\n")}.isdisjoint(
        {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
