"""Twenty thousand members of a tar."""

from pathlib import Path

from tests.hostile.building import PATH, RIGHT, tarred


def make(here: Path) -> Path:
    return tarred(here / "s.tar.gz", [*((f"{n}.txt", "") for n in range(20_000)), (PATH, RIGHT)])
