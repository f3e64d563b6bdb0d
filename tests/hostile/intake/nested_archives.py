"""A zip in a zip in a zip."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, zipped


def make(here: Path) -> Path:
    path = zipped(here / "inner.zip", [(PATH, RIGHT)])
    for name in ("middle", "outer"):
        path = zipped(here / f"{name}.zip", [(path.name, path.read_bytes())])
    return path
