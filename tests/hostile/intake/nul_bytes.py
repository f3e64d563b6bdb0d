"""A NUL in the middle of the source."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    return folder(here / "s", {PATH: f"{RIGHT}\0"})
