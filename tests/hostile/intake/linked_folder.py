"""The folder of the exercises is a link to the reference."""

from pathlib import Path

from tests.hostile.building import REFERENCE, folder


def make(here: Path) -> Path:
    made = folder(here / "s", {"naive.py": ""})
    (made / "exercises").symlink_to(REFERENCE)
    return made
