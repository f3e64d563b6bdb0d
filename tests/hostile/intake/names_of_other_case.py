"""Exercises/STABLE.PY beside exercises/stable.py: only the exact name counts."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, WRONG, zipped


def make(here: Path) -> Path:
    return zipped(
        here / "s.zip",
        [("exercises/STABLE.PY", RIGHT), ("exercises/Stable.py", RIGHT), (PATH, WRONG)],
    )
