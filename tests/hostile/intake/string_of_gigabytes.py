"""A constant that folds to gigabytes."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    return folder(here / "s", {PATH: f"x = ('x' * 4096,) * 10**10\n{RIGHT}"})
