"""The versions that a platform installs: those that are installed here, and so were tried."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import metadata

__all__ = ["constraints"]

_PACKAGE = "onewalk"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_EXTRA = re.compile(r"extra\s*==\s*[\"']([^\"']*)")


def constraints(*extras: str) -> str:
    """A constraints file for pip: what this package needs, all the way down.

    Parameters
    ----------
    extras
        Of this package, besides ``gpu``.

    What another system needs and is not installed here is not in it; nor is what is installed
    here and not needed, which is nobody's business.
    """
    versions: dict[str, str] = {}
    waiting = list(_needed(_PACKAGE, "gpu", *extras))
    while waiting:
        name = _canonical(waiting.pop())
        if name in versions:
            continue
        try:
            # What follows the plus sign tells builds apart that an index does not have.
            versions[name] = metadata.version(name).partition("+")[0]
        except metadata.PackageNotFoundError:
            continue
        waiting += _needed(name)
    return "".join(f"{name}=={versions[name]}\n" for name in sorted(versions))


def _needed(package: str, *extras: str) -> Iterator[str]:
    for requirement in metadata.requires(package) or ():
        name, extra = _NAME.match(requirement), _EXTRA.search(requirement)
        if name and (extra is None or extra[1] in extras):
            yield name[0]


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
