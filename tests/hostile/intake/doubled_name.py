"""A wrong file and then the right one under the same name: the first counts."""

import warnings
from pathlib import Path

from tests.hostile.building import PATH, RIGHT, WRONG, zipped


def make(here: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return zipped(here / "s.zip", [(PATH, WRONG), (PATH, RIGHT)])
