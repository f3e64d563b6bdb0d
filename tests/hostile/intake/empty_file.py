"""A file of no bytes called .zip."""

from pathlib import Path


def make(here: Path) -> Path:
    (here / "s.zip").touch()
    return here / "s.zip"
