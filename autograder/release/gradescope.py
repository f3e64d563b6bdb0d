"""Gradescope: a zip with ``setup.sh``, ``run_autograder`` and all that grading needs."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

from autograder.kit import Kit
from autograder.release.assignment import assignment_files
from autograder.release.constraints import constraints
from autograder.release.files import Files, pack_zip
from autograder.release.wheel import own_wheel

__all__ = ["SAYS", "release", "source_files"]

SAYS = (
    "upload autograder.zip to Gradescope, and give it to nobody else: it holds the hidden tests "
    "and the solutions"
)

_SHELL = Path(__file__).with_name("shell")
# Of Python packaging; it is not installed here.
_UV = "uv==0.13.9"


def release(kit: Kit) -> Files:
    """One file to upload."""
    return {"autograder.zip": pack_zip(source_files(kit))}


def source_files(kit: Kit) -> Files:
    """What the zip holds, and ``/autograder/source`` then."""
    wheel, data = own_wheel()
    files = {f"kit/{name}": content for name, content in assignment_files(kit).items()}
    for name in ("setup.sh", "run_autograder"):
        files[name] = (_SHELL / name).read_bytes()
    files[wheel] = data
    files["constraints.txt"] = constraints().encode()
    # The same questions at each regrade; see hosted.gradescope.
    files["seed"] = f"{secrets.token_hex(16)}\n".encode()
    # Documents from here and from there should be of one Python.
    files["python.txt"] = f"{sys.version_info.major}.{sys.version_info.minor}\n".encode()
    # Of the wheel: emptied by who leaves tasks in Triton to a grading elsewhere.
    has_gpu_tasks = any(exercise.is_gpu_task for exercise in kit.exercises.values())
    files["extra.txt"] = b"gpu\n" if has_gpu_tasks else b""
    files["uv.txt"] = f"{_UV}\n".encode()
    return files
