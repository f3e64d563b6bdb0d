"""A notebook of a million brackets."""

from pathlib import Path


def make(here: Path) -> Path:
    path = here / "work.ipynb"
    path.write_text('{"cells": ' + "[" * 1_000_000 + "]" * 1_000_000 + "}")
    return path
