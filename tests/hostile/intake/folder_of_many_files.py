"""Ten thousand files beside the exercise."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    made = folder(here / "s", {PATH: RIGHT})
    for number in range(10_001):
        (made / "exercises" / f"{number}.txt").touch()
    return made
