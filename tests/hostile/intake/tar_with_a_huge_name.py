"""A pax header that gives a name of ten megabytes."""

import tarfile
from pathlib import Path


def make(here: Path) -> Path:
    info = tarfile.TarInfo("x" * (10 << 20) + ".py")
    path = here / "s.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info)
    return path
