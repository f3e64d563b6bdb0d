"""An archive without a member."""

from pathlib import Path

from tests.hostile.building import zipped


def make(here: Path) -> Path:
    return zipped(here / "s.zip", [])
