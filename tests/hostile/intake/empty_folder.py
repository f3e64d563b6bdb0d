"""Nothing handed in."""

from pathlib import Path


def make(here: Path) -> Path:
    (here / "s").mkdir()
    return here / "s"
