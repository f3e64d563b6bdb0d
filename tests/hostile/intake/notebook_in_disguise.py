"""A notebook with the name of a Python file."""

from pathlib import Path

from tests.hostile.building import RIGHT, notebook


def make(here: Path) -> Path:
    path = notebook(here / "work.ipynb", RIGHT)
    return path.rename(here / "stable.py")
