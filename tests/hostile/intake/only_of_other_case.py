"""A name with capitals is told, not guessed at: it differs from system to system."""

from pathlib import Path

from tests.hostile.building import RIGHT, zipped


def make(here: Path) -> Path:
    return zipped(here / "s.zip", [("exercises/Stable.py", RIGHT), ("exercises/naive.py", "")])
