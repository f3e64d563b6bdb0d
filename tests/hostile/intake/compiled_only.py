"""Only a compiled file, as __pycache__ keeps them."""

from pathlib import Path

from tests.hostile.building import folder


def make(here: Path) -> Path:
    return folder(
        here / "s", {"exercises/__pycache__/stable.cpython-311.pyc": b"\xa7\r\r\n" + bytes(12)}
    )
