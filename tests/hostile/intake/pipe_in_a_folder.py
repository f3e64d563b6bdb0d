"""A named pipe that nobody will ever write to."""

import os
from pathlib import Path

from tests.hostile.building import PATH, folder


def make(here: Path) -> Path:
    made = folder(here / "s", {"exercises/naive.py": ""})
    os.mkfifo(made / PATH)
    return made
