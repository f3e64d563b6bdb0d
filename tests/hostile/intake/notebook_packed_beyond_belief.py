"""A notebook of thirty megabytes of blanks, within its cap, in thirty kilobytes."""

from pathlib import Path

from tests.hostile.building import zipped


def make(here: Path) -> Path:
    return zipped(here / "s.zip", [("work.ipynb", b" " * (30 << 20))])
