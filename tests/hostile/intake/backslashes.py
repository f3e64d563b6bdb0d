"""Ten thousand names of five hundred backslashes each, which would be as many folders."""

from zipfile import ZipInfo
from pathlib import Path

from tests.hostile.building import PATH, zipped


def make(here: Path) -> Path:
    names = [f"top\\{number:05d}\\" + "a\\" * 490 + "b" for number in range(9_990)]
    members = []
    for name in names:
        info = ZipInfo("x")
        info.filename = name  # as it is, whatever this system thinks of backslashes
        members.append((info, ""))
    return zipped(here / "s.zip", [(PATH, "def softmax_stable(x, axis=-1):\n    return x\n"), *members])
