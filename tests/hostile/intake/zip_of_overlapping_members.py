"""Many members that share the same bytes of the archive."""

from pathlib import Path

from tests.hostile.building import PATH, zipped


def make(here: Path) -> Path:
    path = zipped(
        here / "s.zip", [(PATH, "#" * (1 << 19)), ("exercises/naive.py", "#" * (1 << 19))]
    )
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)  # where the second member begins: at the first
    path.write_bytes(data)
    return path
