"""Digits take quadratic time to become a number."""

from pathlib import Path

from tests.hostile.building import RIGHT, notebook


def make(here: Path) -> Path:
    path = notebook(here / "work.ipynb", RIGHT)
    path.write_text(path.read_text().replace('"nbformat": 4', '"nbformat": ' + "9" * 1_000_000))
    return path
