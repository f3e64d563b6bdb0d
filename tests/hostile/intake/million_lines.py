"""A million empty lines before the one that is quoted, test after test."""

from pathlib import Path

from tests.hostile.building import PATH, folder


def make(here: Path) -> Path:
    lines = "\n" * ((1 << 20) - 100)
    return folder(here / "s", {PATH: f"def softmax_stable(x, axis=-1):\n{lines}    raise ValueError\n"})
