"""A tar whose long names contain long names, three thousand deep."""

import tarfile
from pathlib import Path


def make(here: Path) -> Path:
    info = tarfile.TarInfo("x")
    info.type, info.size = b"L", 1
    path = here / "s.tar"
    path.write_bytes((info.tobuf(tarfile.GNU_FORMAT) + b"a" + bytes(511)) * 3000)
    return path
