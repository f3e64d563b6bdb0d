"""A number where the function should be."""

from pathlib import Path

from tests.hostile.building import PATH, folder


def make(here: Path) -> Path:
    return folder(here / "s", {PATH: "softmax_stable = 1.0\n"})
