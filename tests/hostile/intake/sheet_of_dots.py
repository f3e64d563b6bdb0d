"""A key of half a million parts, which takes a TOML reader minutes."""

from pathlib import Path

from tests.hostile.building import folder


def make(here: Path) -> Path:
    return folder(here / "s", {"exercises/drills.toml": "a" + ".a" * 500_000 + " = 1\n"})
