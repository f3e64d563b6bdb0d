"""Twenty thousand members."""

from zipfile import ZipFile
from pathlib import Path

from tests.hostile.building import PATH, RIGHT


def make(here: Path) -> Path:
    path = here / "s.zip"
    with ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"{number}.txt", "")
        archive.writestr(PATH, RIGHT)
    return path
