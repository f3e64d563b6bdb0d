"""Nicknames: read from the syntax tree, and nothing in them can do harm."""

from __future__ import annotations

import ast
import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.triton_tasks.nickname import LENGTH, find_nickname, inert
from autograder.triton_tasks.vet import vet

KERNEL = """
import triton
import triton.language as tl

@triton.jit
def k(p):
    tl.store(p, 1)
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('NICKNAME = "moth"', "moth"),
        ('NICKNAME: str = "moth"', "moth"),
        ('NICKNAME = ""', ""),
        ('NICKNAME = "first"\nNICKNAME = "second"', "second"),
        ('NICKNAME = "first"\nNICKNAME = name()', ""),
        ('NICKNAME = f"moth{1}"', ""),
        ('NICKNAME = "a" + "b"', ""),
        ("NICKNAME = b'moth'", ""),
        ("NICKNAME = 7", ""),
        ("NICKNAME: str", ""),
        ('def f():\n    NICKNAME = "moth"', ""),
        ('if True:\n    NICKNAME = "moth"', ""),
        ('nickname = "moth"', ""),
        ('x.NICKNAME = "moth"', ""),
        ('NICKNAME, x = "moth", 1', ""),
    ],
)
def test_a_line_at_the_top_level_says_it(text: str, found: str):
    assert find_nickname(ast.parse(text)) == found


@pytest.mark.parametrize("line", ['NICKNAME = "moth"', "NICKNAME = 1 / 0", "NICKNAME = print"])
def test_the_line_changes_nothing_about_kernels(line: str):
    plain, with_line = vet(KERNEL), vet(line + KERNEL)
    assert (with_line.text, with_line.refusals) == (plain.text, ())


def test_it_is_known_where_kernels_are_refused():
    refused = vet('NICKNAME = "moth"\n' + KERNEL.replace("1)", "exit())"))
    assert refused.refusals
    assert refused.nickname == "moth"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("moth", "moth"),
        ("  late   night\tkernel \n", "late night kernel"),
        ("Zoë-Ångström_2.0", "Zoë-Ångström_2.0"),
        ("नमस्ते", "नमस्ते"),
        ("שלום", "שלום"),
        ("ﬁne Ⅳ", "fine IV"),
        ("<script>alert(1)</script>", "scriptalert1script"),
        ("=cmd|'x'!A0", "cmdxA0"),
        ("+1", "1"),
        ("-1", "1"),
        ("@SUM(1)", "SUM1"),
        ("\x1b[31mred\x07", "31mred"),
        ("a\u202eb\u2066c\u200bd\ufeffe\u00adf", "abcdef"),
        ("\u3164\u115f\u034f\ufe0f\U000e0100", ""),
        ("\U000e0041\ud800\ue000", ""),
        ("Z" + "\u0301" * 50, "Ź\u0301\u0301"),
        ("\u0301\u0301x", "x"),
        ("a \u0301", "a"),
        ("::error::x", "errorx"),
        ("##[group]", "group"),
        ("[a](b) `c` *d*", "ab c d"),
        ("...", ""),
        ("x" * 100_000, "x" * LENGTH),
        (" " * 100_000 + "x", ""),
    ],
)
def test_what_is_shown(text: str, shown: str):
    assert inert(text) == shown


@given(st.text())
@example("e\u200b\u0301")
@example("a" * 23 + " b")
@example("\ufdfa" * 9)
def test_what_is_shown_is_inert(text: str):
    shown = inert(text)
    assert len(shown) <= LENGTH
    assert inert(shown) == shown
    assert shown[:1] not in set("=+-@ ") or not shown
    for char in shown:
        assert unicodedata.category(char)[0] in "LNM" or char in " -_."
    json.dumps(shown).encode("ascii")
    shown.encode()
