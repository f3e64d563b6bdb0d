"""A socket of the file system."""

import os
import socket
from pathlib import Path

from tests.hostile.building import folder


def make(here: Path) -> Path:
    made = folder(here / "s", {"exercises/naive.py": ""})
    before = os.getcwd()
    os.chdir(made / "exercises")  # the path of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind("stable.py")
    finally:
        os.chdir(before)
    return made
