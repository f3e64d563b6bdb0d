"""A hard link to another member in a tar."""

import tarfile
from pathlib import Path

from tests.hostile.building import PATH, RIGHT, tarred


def make(here: Path) -> Path:
    link = tarfile.TarInfo(PATH)
    link.type = tarfile.LNKTYPE
    link.linkname = "right.txt"
    return tarred(here / "s.tar", [("right.txt", RIGHT), (link, "")])
