"""A sheet of answers worked by hand, as TOML: what stands in it, and what is blank."""

from __future__ import annotations

import re
import tomllib
from typing import Any

__all__ = ["NotToml", "is_blank", "read_answers"]


class NotToml(Exception):
    """A sheet that cannot be read.

    Attributes
    ----------
    line
        Where, from 1; None when that is not known.
    """

    def __init__(self, line: int | None) -> None:
        super().__init__("not TOML" if line is None else f"not TOML: line {line}")
        self.line = line


def read_answers(text: str) -> dict[str, Any]:
    """Answers by key; a key in a table is ``table.key``.

    Raises
    ------
    NotToml
    """
    try:
        return _flat(tomllib.loads(text.replace("\r\n", "\n").replace("\r", "\n")), "")
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        line = int(place[1]) if place else text.rstrip().count("\n") + 1
        raise NotToml(line) from None
    except (ValueError, RecursionError):  # a number of 5,000 digits, a table 1,000 deep
        raise NotToml(None) from None


def _flat(table: dict[str, Any], prefix: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


def is_blank(value: Any) -> bool:
    """Whether there is no answer at all, in any part of it."""
    if isinstance(value, list):
        return all(map(is_blank, value))
    return value is None or (isinstance(value, str) and not value.strip())
