"""The right file a thousand folders deep."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, zipped


def make(here: Path) -> Path:
    return zipped(here / "s.zip", [("a/" * 1000 + PATH, RIGHT), ("exercises/naive.py", "")])
