"""GitHub-flavoured Markdown, written so that text of unknown origin stays inert in it.

One rule does it: such text stands in code, inline or fenced, and nowhere else. In code GitHub
makes no links, mentions, references, emoji or formulas, which no escaping prevents in prose,
because some of these are found after Markdown is rendered. What goes in has been through
``plain``.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

__all__ = ["code", "details", "fenced", "listed", "table"]

_WIDTH = 88  # code blocks do not wrap


def details(summary: str, body: str) -> Iterator[str]:
    # Blank lines around the body make it Markdown again.
    yield f"<details><summary>{summary}</summary>"
    yield body
    yield "</details>"


def listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def table(header: tuple[str, str], rows: Iterable[tuple[str, str]]) -> str:
    """Write a table of data and points."""
    # No escape of a pipe holds in every cell (think of one after a backslash).
    lines = [f"| {code(name.replace('|', '¦'))} | {points} |" for name, points in rows]
    return "\n".join([f"| {' | '.join(header)} |", "| --- | ---: |", *lines])


def code(text: str) -> str:
    """Write `text`, a single line, as inline code."""
    fence = "`" * (_longest_run(text) + 1)
    # A space is stripped from both ends, unless there is nothing else.
    pad = " " if not text or "`" in (text[0], text[-1]) else ""
    return f"{fence}{pad}{text}{pad if text else ''}{fence}"


def fenced(text: str) -> str:
    """Write `text` as a block of code."""
    fence = "`" * max(3, _longest_run(text) + 1)
    lines = [
        piece
        for line in text.split("\n")
        for piece in textwrap.wrap(line, _WIDTH, break_on_hyphens=False) or [""]
    ]
    return "\n".join([f"{fence}text", *lines, fence])


def _longest_run(text: str) -> int:
    """Length of the longest run of backticks."""
    return max(map(len, re.findall("`+", text)), default=0)
