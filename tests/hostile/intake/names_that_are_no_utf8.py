"""Member names in bytes that are no text."""

from pathlib import Path

from tests.hostile.building import RIGHT, zipped


def make(here: Path) -> Path:
    path = zipped(here / "s.zip", [("exercises/naXXe.py", RIGHT), ("exercises/naive.py", "")])
    path.write_bytes(path.read_bytes().replace(b"naXXe", b"na\xff\xfee"))
    return path
