"""A sparse member that claims to be a terabyte."""

import tarfile
from pathlib import Path

from tests.hostile.building import PATH


def make(here: Path) -> Path:
    info = tarfile.TarInfo(PATH)
    info.pax_headers = {
        "GNU.sparse.size": str(1 << 40),
        "GNU.sparse.numblocks": "0",
        "GNU.sparse.map": f"0,{1 << 40}",
    }
    path = here / "s.tar"
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(info)
    return path
