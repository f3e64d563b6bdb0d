"""A folder in the place of the file."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    return folder(here / "s", {f"{PATH}/stable.py": RIGHT, "exercises/naive.py": ""})
