"""A member marked as encrypted."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, zipped


def make(here: Path) -> Path:
    path = zipped(here / "s.zip", [(PATH, RIGHT)])
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    path.write_bytes(data)
    return path
