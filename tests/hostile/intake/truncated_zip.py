"""Half of an archive, as a broken upload leaves it."""

import os
from pathlib import Path

from tests.hostile.building import PATH, RIGHT, zipped


def make(here: Path) -> Path:
    path = zipped(here / "s.zip", [(PATH, RIGHT), ("noise", os.urandom(20_000))])
    path.write_bytes(path.read_bytes()[:9000])
    return path
