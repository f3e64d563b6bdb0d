"""A .tar.gz that stays below the cap and unpacks to a thousand times its size."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, tarred


def make(here: Path) -> Path:
    return tarred(here / "s.tar.gz", [(PATH, RIGHT), ("zeros", bytes(40 << 20))])
