"""The right file under absolute names, of Unix and of Windows."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, zipped


def make(here: Path) -> Path:
    return zipped(
        here / "s.zip",
        [
            (f"/{PATH}", RIGHT),
            (f"C:\\{PATH}", RIGHT),
            (f"\\\\host\\{PATH}", RIGHT),
            ("exercises/naive.py", ""),
        ],
    )
