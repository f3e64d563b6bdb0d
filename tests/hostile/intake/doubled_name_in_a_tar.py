"""The same in a tar, with one of the names written another way."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, WRONG, tarred


def make(here: Path) -> Path:
    return tarred(
        here / "s.tar", [(f"./{PATH}", WRONG), (PATH, RIGHT), ("exercises//stable.py", RIGHT)]
    )
