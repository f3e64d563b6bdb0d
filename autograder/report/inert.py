"""Text of unknown origin, made harmless as characters.

What a character means to HTML or to Markdown is the business of the renderer that writes
them. Here goes what does harm wherever it is printed: terminal escapes, characters that
reorder or hide others, and the lines that a CI runner takes for commands.
"""

import functools
import re
import unicodedata

__all__ = ["plain"]

# ECMA-48: control sequences (colours, cursor), then strings up to their terminator
# (window titles, links), then single escapes. The bodies of strings hold no control
# character, which keeps matching linear and never swallows a second line.
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x00-\x1f\x7f-\x9f]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)

# A runner takes "::" at the start of a line for a command, and "##[" (others: "##vso[",
# "##teamcity[") anywhere in it. Looking ahead also gets runs of more than two.
_COMMANDS = re.compile(r":(?=:)|#(?=#)")

_BREAKS = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85"
_ELLIPSIS = "…"
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def plain(text: str, *, lines: bool = False, limit: int = 2000) -> str:
    """Return `text` without anything but visible characters and single spaces.

    Parameters
    ----------
    text
        Anything, lone surrogates included.
    lines
        Keep line breaks and indentation; otherwise all white space becomes one space.
    limit
        Length from which an ellipsis takes the place of the rest.
    """
    if len(text) <= _SHORT:
        return _plain_short(text, lines, limit)
    return _plain(text, lines, limit)


def _plain(text: str, lines: bool, limit: int) -> str:
    # Cut first: invisible megabytes must not cost time.
    cut = text[: 4 * limit]
    visible = "".join(map(_visible, _ESCAPES.sub("", cut.replace("\r\n", "\n"))))
    if lines:
        kept = "\n".join(line.rstrip() for line in visible.split("\n"))
        kept = re.sub(r"\n{3,}", "\n\n", kept).strip("\n")
    else:
        kept = " ".join(visible.split())
    safe = _COMMANDS.sub(r"\g<0> ", kept)
    if len(safe) <= limit and len(cut) == len(text):
        return safe
    return safe[: limit - 1].rstrip() + _ELLIPSIS


# Titles, hints and feedback are the same for student after student.
_SHORT = 400
_plain_short = functools.lru_cache(maxsize=4096)(_plain)


def _visible(char: str) -> str:
    """Return the character itself, or what stands in for it."""
    if char == "\n" or " " <= char <= "~":
        return char
    category = unicodedata.category(char)
    if category[0] == "Z" or char in _BREAKS:
        return " "
    if category in {"Cc", "Cf"}:
        return ""
    # Surrogates cannot be written; what unassigned and private ones do, nobody knows.
    return _REPLACEMENT if category[0] == "C" else char
