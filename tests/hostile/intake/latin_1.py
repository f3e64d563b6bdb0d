"""A cookie says Latin-1, and so are the bytes."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, folder


def make(here: Path) -> Path:
    return folder(here / "s", {PATH: f"# coding: latin-1\n# \xe9\n{RIGHT}".encode("latin-1")})
