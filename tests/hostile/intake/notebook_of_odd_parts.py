"""Cells that are no cells, in a document that is JSON."""

from pathlib import Path


def make(here: Path) -> Path:
    path = here / "work.ipynb"
    path.write_text('{"cells": [3, null, {"cell_type": "code", "source": [[1], {}]}, []]}')
    return path
