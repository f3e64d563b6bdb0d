"""The name by which a student wants to stand in the class's ranking.

It is the one text of a student's that others get to see, so it is kept to letters, digits and
little else: nothing in it can be markup, a formula, an escape, or reorder what stands beside it.
"""

from __future__ import annotations

import ast
import re
import unicodedata

__all__ = ["LENGTH", "find_nickname", "inert"]

LENGTH = 24
_LONGEST = 400  # of what is looked at
_MARKS = 2  # that may stand on one letter
_OTHERS = " -_."
# Letters and marks that show nothing: fillers, joiners, selectors of a variant.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)


def find_nickname(tree: ast.Module) -> str:
    """The last ``NICKNAME = "..."`` at the top level of a file, inert; empty if there is none."""
    found = ""
    for statement in tree.body:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id="NICKNAME")], value=value)
                | ast.AnnAssign(target=ast.Name(id="NICKNAME"), value=value)
            ):
                literal = value.value if isinstance(value, ast.Constant) else None
                found = inert(literal) if isinstance(literal, str) else ""
    return found


def inert(text: str) -> str:
    """What of a text may be shown as a nickname; may be empty."""
    kept, marks = "", 0
    for char in _UNSEEN.sub("", unicodedata.normalize("NFKC", text[:_LONGEST])):
        category = unicodedata.category(char)
        marks = marks + 1 if category[0] == "M" else 0
        if (
            category[0] in "LN"
            or char in _OTHERS
            or (0 < marks <= _MARKS and kept and kept[-1] not in _OTHERS)
        ):
            kept += char
        elif category[0] == "Z" or char in "\t\n\r":
            kept += " "
    # What was taken out may have stood between a letter and its mark.
    name = unicodedata.normalize("NFC", " ".join(kept.split()))
    return name[:LENGTH].strip(_OTHERS)
