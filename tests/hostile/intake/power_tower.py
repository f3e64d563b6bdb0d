"""A power that would fill the memory, if it were worked out while compiling."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    return folder(here / "s", {PATH: f"x = 9**9**9\n{RIGHT}"})
