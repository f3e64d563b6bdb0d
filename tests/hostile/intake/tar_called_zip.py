"""A tar with the name of a zip."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, tarred


def make(here: Path) -> Path:
    return tarred(here / "s.tar", [(PATH, RIGHT)]).rename(here / "s.zip")
