"""The pinned versions can be installed on every Python that the project says it needs."""

from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[1]
OLDEST = "3.11.2"  # Debian 12's


def test_pinned_versions_accept_the_oldest_python():
    """A pin that the oldest refuses leaves pip to search in vain, for minutes."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    refused, installed = [], 0
    for line in lines:
        if not line or line.startswith("#"):
            continue
        pin = Requirement(line)
        try:
            known = distribution(pin.name)
        except ModuleNotFoundError:
            continue  # of another machine, as cuda-bindings
        installed += 1
        if OLDEST not in SpecifierSet(known.metadata.get("Requires-Python", "")):
            refused.append(line)
    assert installed
    assert not refused
