"""A character device, a block device and a pipe in the place of files."""

import tarfile
from pathlib import Path

from tests.hostile.building import tarred


def make(here: Path) -> Path:
    members = []
    for name, kind in (
        ("stable", tarfile.CHRTYPE),
        ("naive", tarfile.BLKTYPE),
        ("merge", tarfile.FIFOTYPE),
    ):
        info = tarfile.TarInfo(f"exercises/{name}.py")
        info.type = kind
        info.devmajor, info.devminor = 1, 5
        members.append((info, ""))
    return tarred(here / "s.tar.gz", members)
