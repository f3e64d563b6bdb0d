"""A symbolic link to the reference in a tar."""

import tarfile
from pathlib import Path

from tests.hostile.building import PATH, REFERENCE, RIGHT, tarred


def make(here: Path) -> Path:
    link = tarfile.TarInfo(PATH)
    link.type = tarfile.SYMTYPE
    link.linkname = str(REFERENCE / "stable.py")
    return tarred(here / "s.tar", [("right.txt", RIGHT), (link, "")])
