"""Whether what Triton tasks need is installed; it is an extra."""

from __future__ import annotations

import importlib.util

__all__ = ["missing_packages", "needs"]


def missing_packages() -> list[str]:
    """What Triton tasks need and is not installed here, in words."""
    needed = {"torch": "PyTorch", "triton": "Triton"}
    return [name for package, name in needed.items() if importlib.util.find_spec(package) is None]


def needs(lacking: list[str]) -> str:
    """A sentence on what is missing, and the remedy."""
    return f"It needs {' and '.join(lacking)}: pip install 'onewalk[gpu]'."
