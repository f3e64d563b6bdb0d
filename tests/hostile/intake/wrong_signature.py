"""A function of no arguments."""

from pathlib import Path

from tests.hostile.building import PATH, folder


def make(here: Path) -> Path:
    return folder(here / "s", {PATH: "def softmax_stable():\n    return 1.0\n"})
