"""What of the disk a worker may read: Python, its standard library and a few packages."""

from __future__ import annotations

import os
import re
import stat
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Readable", "within_reach"]


@dataclass(frozen=True)
class Readable:
    """What a worker may read.

    Attributes
    ----------
    trees
        Folders, with all below them, and single files.
    hidden
        Folders inside a tree that are left out of it: where packages are installed.
    programs
        Trees and files whose programs it may start.
    scratch
        A folder that it may read and write.
    devices
        What it may read, write and control.
    sees_processes
        Whether it may read ``/proc``, and give its own threads names there.
    """

    trees: tuple[Path, ...]
    hidden: tuple[Path, ...]
    programs: tuple[Path, ...] = ()
    scratch: Path | None = None
    devices: tuple[Path, ...] = ()
    sees_processes: bool = False

    @classmethod
    def python(
        cls, packages: Iterable[str], scratch: Path | None = None, on_card: bool = False
    ) -> Readable:
        """Python's standard library and these imported packages; no other package.

        With a folder to write into, the programs of the packages may be started. On a card, its
        devices and what its driver reads are there too.

        Extension modules of the standard library load shared libraries of the system, so
        the folders that those in use came from are readable too.
        """
        stdlib = Path(sysconfig.get_path("stdlib"))
        hidden = [p for n in ("site-packages", "dist-packages") if (p := stdlib / n).exists()]
        trees = {stdlib}
        folders = {name: Path(sys.modules[name].__file__ or "").parent for name in packages}
        trees.update(folders.values())
        for name, folder in folders.items():
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
        # Each program begins with the dynamic linker.
        programs = {*folders.values(), *_linker()} if scratch else set()
        trees |= programs
        if not on_card:
            return cls(tuple(sorted(trees)), tuple(hidden), tuple(programs), scratch)
        trees |= {path for path in _of_drivers(folders) if path.exists()}
        devices = (path for pattern in _DEVICES for path in DEV.glob(pattern))
        return cls(tuple(sorted(trees)), tuple(hidden), (), scratch, tuple(sorted(devices)), True)

    def parts(self) -> list[Path]:
        """The same as paths that hold no hidden folder."""
        parts: list[Path] = []
        for tree in self.trees:
            if any(h.parent == tree for h in self.hidden):
                parts += [p for p in sorted(tree.iterdir()) if p not in self.hidden]
            else:
                parts.append(tree)
        return parts


DEV = Path("/dev")
"""Where devices are."""

# As they are made for containers too: libnvidia-container, nvidia-container-toolkit. Nothing of a
# screen's, and under WSL the one that stands for all.
_DEVICES = ("nvidia[0-9]*", "nvidiactl", "nvidia-uvm*", "nvidia-caps*", "dxg")
# Where a driver's libraries may lie, beside the folder of the one that is loaded already; and what
# they read to find cards: how many processors and nodes of memory there are, what hangs on the bus.
_DRIVER = """
    /usr/local/nvidia /usr/local/cuda/compat /usr/lib/wsl
    /sys/devices/system/cpu /sys/devices/system/node /sys/devices/system/memory
    /sys/bus/pci /sys/module/nvidia /sys/module/nvidia_uvm
""".split()


def _of_drivers(folders: Mapping[str, Path]) -> Iterator[Path]:
    """What a card's driver reads, and what comes with PyTorch to use one, where it is there."""
    yield from map(Path, _DRIVER)
    yield from Path("/sys/devices").glob("pci*")
    yield from (folder.with_name("nvidia") for name, folder in folders.items() if name == "torch")


def within_reach(path: Path) -> bool:
    """Whether every user gets as far as the folder that this lies in."""
    return all(p.stat().st_mode & stat.S_IXOTH for p in path.parents)


def _linker() -> Iterator[Path]:
    """The dynamic linker, which an executable names near its beginning: this one's is any's."""
    with open(sys.executable, "rb") as file:
        named = re.search(rb"/lib[\w/.-]*/ld-[\w.-]+", file.read(1 << 12))
    if named:
        path = Path(os.fsdecode(named[0]))
        yield path.parent.resolve() / path.name
