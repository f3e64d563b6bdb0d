"""The kinds of workers: what each has imported, may read, and may do.

A kind is a fork server of its own, because what it has imported and what it may do are settled
before a worker is forked. None but the compiler's may start a program or write a file, and none
but the card's may open a device.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["PROFILES", "Profile", "WorkerKind"]

WorkerKind = Literal["numpy", "record", "interpret", "compile", "card"]


@dataclass(frozen=True)
class Profile:
    """One kind of workers.

    Attributes
    ----------
    packages
        What they have imported and may read, beside Python.
    worker
        Module and name of their class; a name, because the sandbox knows nothing of what it is
        used for.
    environment
        Set before anything is imported.
    server_bytes
        Memory of the fork server itself, with what it has imported, for the control group.
    compiles
        Whether they may start the programs that come with their packages, and write, each into a
        folder of its own, ``TMPDIR``.
    on_card
        Whether they may use the cards of this machine, and see what their driver looks at.
    """

    packages: tuple[str, ...]
    worker: tuple[str, str]
    environment: Mapping[str, str] = field(default_factory=dict)
    server_bytes: int = 256 << 20
    compiles: bool = False
    on_card: bool = False


_TRITON = "autograder.triton_tasks"

PROFILES: Mapping[WorkerKind, Profile] = {
    "numpy": Profile(("numpy",), ("autograder.sandbox.worker", "Worker")),
    # Student code: the host functions of Triton tasks, and PyTorch for them.
    "record": Profile(
        ("numpy", "torch", "triton"),
        (f"{_TRITON}.recording", "RecordingWorker"),
        server_bytes=1 << 30,
    ),
    # Vetted kernels, on the processor.
    "interpret": Profile(
        ("numpy", "triton"),
        (f"{_TRITON}.interpreting", "InterpretingWorker"),
        {"TRITON_INTERPRET": "1"},
    ),
    # Vetted kernels, translated for a card.
    "compile": Profile(
        ("numpy", "triton"),
        (f"{_TRITON}.compiling", "CompilingWorker"),
        server_bytes=512 << 20,
        compiles=True,
    ),
    # Compiled kernels, a record and inputs; no text of a student's.
    "card": Profile(
        ("numpy", "torch", "cuda.bindings", "cuda.pathfinder"),
        (f"{_TRITON}.running", "CardWorker"),
        server_bytes=2 << 30,
        on_card=True,
    ),
}
