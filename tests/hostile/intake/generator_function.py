"""A generator function."""

from pathlib import Path

from tests.hostile.building import PATH, folder


def make(here: Path) -> Path:
    return folder(here / "s", {PATH: "def softmax_stable(x, axis=-1):\n    yield x\n"})
