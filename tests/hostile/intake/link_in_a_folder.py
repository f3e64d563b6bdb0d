"""A symbolic link to the reference."""

from pathlib import Path

from tests.hostile.building import PATH, REFERENCE, folder


def make(here: Path) -> Path:
    made = folder(here / "s", {"exercises/naive.py": ""})
    (made / PATH).symlink_to(REFERENCE / "stable.py")
    return made
