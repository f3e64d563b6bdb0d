"""Two hundred thousand parentheses."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    return folder(here / "s", {PATH: f"x = {'(' * 100_000}{')' * 100_000}\n{RIGHT}"})
