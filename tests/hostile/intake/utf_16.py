"""The right file in UTF-16."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    return folder(here / "s", {PATH: RIGHT.encode("utf-16")})
