"""A member packed by a method that zipfile unpacks without bound."""

from zipfile import ZIP_LZMA, ZipFile
from pathlib import Path

from tests.hostile.building import PATH


def make(here: Path) -> Path:
    path = here / "s.zip"
    with ZipFile(path, "w", ZIP_LZMA) as archive:
        archive.writestr(PATH, "#" * (20 << 20))
    return path
