"""A .tar.gz that unpacks to three hundred megabytes."""

import gzip
from pathlib import Path


def make(here: Path) -> Path:
    path = here / "s.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        for _ in range(300):
            file.write(bytes(1 << 20))
    return path
