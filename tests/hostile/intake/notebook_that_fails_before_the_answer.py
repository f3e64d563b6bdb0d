"""Failing cells, magics and unreadable ones before a right answer."""

from pathlib import Path

from tests.hostile.building import RIGHT, notebook


def make(here: Path) -> Path:
    return notebook(
        here / "work.ipynb",
        "1 / 0",
        "%matplotlib inline\n!ls",
        "def (",
        "raise SystemExit",
        "import torch",
        RIGHT,
    )
