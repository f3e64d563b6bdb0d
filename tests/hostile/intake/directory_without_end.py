"""A central directory of a quarter of a million entries that are not there."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, zipped


def make(here: Path) -> Path:
    path = zipped(here / "s.zip", [(PATH, RIGHT)])
    data = path.read_bytes()
    start = data.index(b"PK\x01\x02")
    entry, end = data[start : data.index(b"PK\x05\x06")], data[data.index(b"PK\x05\x06") :]
    many = entry * 250_000
    size = len(many).to_bytes(4, "little")
    path.write_bytes(data[:start] + many + end[:12] + size + end[16:])
    return path
