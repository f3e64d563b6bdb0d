"""A coroutine function."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    return folder(
        here / "s", {PATH: RIGHT.replace("def softmax_stable", "async def softmax_stable")}
    )
