"""What of the disk a worker may read: Python, its standard library and a few packages."""

from __future__ import annotations

import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Readable"]


@dataclass(frozen=True)
class Readable:
    """What a worker may read.

    Attributes
    ----------
    trees
        Folders, with all below them, and single files.
    hidden
        Folders inside a tree that are left out of it: where packages are installed.
    """

    trees: tuple[Path, ...]
    hidden: tuple[Path, ...]

    @classmethod
    def python(cls, packages: Iterable[str]) -> Readable:
        """Python's standard library and these imported packages; no other package.

        Extension modules of the standard library load shared libraries of the system, so
        the folders that those in use came from are readable too.
        """
        stdlib = Path(sysconfig.get_path("stdlib"))
        hidden = [p for n in ("site-packages", "dist-packages") if (p := stdlib / n).exists()]
        trees = {stdlib}
        for name in packages:
            folder = Path(sys.modules[name].__file__ or "").parent
            trees.add(folder)
            # Where wheels keep shared libraries of their own.
            trees.update(p for p in [folder.with_name(f"{name}.libs")] if p.exists())
        with open("/proc/self/maps") as maps:
            # The sixth field is the path, which may hold spaces.
            mapped = {line.split(maxsplit=5)[5].rstrip("\n") for line in maps if ".so" in line}
        libraries = [Path(p) for p in mapped if p.startswith("/") and Path(p).exists()]
        for library in libraries:
            if not any(library.is_relative_to(tree) for tree in trees):
                inside = any(tree.is_relative_to(library.parent) for tree in trees)
                trees.add(library if inside else library.parent)
        trees.update(p for p in [Path("/etc/ld.so.cache")] if p.exists())
        return cls(tuple(sorted(trees)), tuple(hidden))

    def parts(self) -> list[Path]:
        """The same as paths that hold no hidden folder."""
        parts: list[Path] = []
        for tree in self.trees:
            if any(h.parent == tree for h in self.hidden):
                parts += [p for p in sorted(tree.iterdir()) if p not in self.hidden]
            else:
                parts.append(tree)
        return parts
