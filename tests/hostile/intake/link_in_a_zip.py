"""A symbolic link to the reference, as zip keeps them."""

from zipfile import ZipInfo
from pathlib import Path

from tests.hostile.building import PATH, REFERENCE, zipped


def make(here: Path) -> Path:
    link = ZipInfo(PATH)
    link.external_attr = 0o120777 << 16
    return zipped(here / "s.zip", [(link, str(REFERENCE / "stable.py"))])
