"""A source of a hundred megabytes."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    made = folder(here / "s", {PATH: RIGHT})
    with (made / PATH).open("ab") as file:
        file.truncate(100 << 20)
    return made
