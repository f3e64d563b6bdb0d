"""Half of a notebook."""

from pathlib import Path

from tests.hostile.building import RIGHT, notebook


def make(here: Path) -> Path:
    path = notebook(here / "work.ipynb", RIGHT)
    path.write_text(path.read_text()[:-20])
    return path
