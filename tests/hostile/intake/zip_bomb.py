"""Two hundred megabytes of one character in a file of two hundred kilobytes."""

from pathlib import Path

from tests.hostile.building import PATH, zipped


def make(here: Path) -> Path:
    return zipped(here / "s.zip", [(PATH, b"#" * (200 << 20))])
