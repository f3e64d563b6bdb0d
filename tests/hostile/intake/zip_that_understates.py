"""A member that unpacks to more than its header says."""

from pathlib import Path

from tests.hostile.building import PATH, zipped


def make(here: Path) -> Path:
    path = zipped(here / "s.zip", [(PATH, b"#" * (50 << 20))])
    data = path.read_bytes()
    path.write_bytes(data.replace((50 << 20).to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    return path
