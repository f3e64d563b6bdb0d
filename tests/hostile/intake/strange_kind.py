"""A document of a word processor."""

from pathlib import Path

from tests.hostile.building import folder


def make(here: Path) -> Path:
    return folder(here, {"work.docx": b"PK\x03\x04"}) / "work.docx"
