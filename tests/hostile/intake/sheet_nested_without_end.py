"""An array a hundred thousand deep."""

from pathlib import Path

from tests.hostile.building import folder


def make(here: Path) -> Path:
    return folder(
        here / "s", {"exercises/drills.toml": "a = " + "[" * 100_000 + "]" * 100_000 + "\n"}
    )
