"""The right file under names that climb out of the archive."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, zipped


def make(here: Path) -> Path:
    return zipped(
        here / "s.zip",
        [
            (f"../{PATH}", RIGHT),
            (f"exercises/../../{PATH}", RIGHT),
            ("notes.txt", "x"),
            ("exercises/naive.py", ""),
        ],
    )
