"""The right function under another name."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    return folder(here / "s", {PATH: RIGHT.replace("softmax_stable", "softmax")})
