"""What a student gets: the stubs, the lesson, and what ``autograder try`` needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import tomli_w

from autograder.errors import KitError
from autograder.kit import CONFIG, Exercise, Kit
from autograder.release.files import Files, files_in
from autograder.release.wheel import own_wheel

__all__ = ["student_files"]

_FOLDERS = ("exercises", "gpu_tasks")
_LINK = re.compile(
    r"\]\(([^)#:\s]+)(?:[#\s][^)]*)?\)"
)  # of Markdown, to a file of the same repository


def student_files(kit: Kit) -> Files:
    """A copy of the assignment with no hidden test, no solution and no mistake in it.

    Raises
    ------
    KitError
        When the lesson links to what students must not have.
    """
    files: Files = {}
    for folder in _FOLDERS:
        files |= files_in(kit.root, folder)
    for page in [name for name in files if name.endswith(".md")]:
        for name in _links(page, files[page].decode("utf-8")):
            files.setdefault(name, _linked(kit, page, name))
    wheel, data = own_wheel()
    files[wheel] = data
    files[CONFIG] = _reduced(kit).encode()
    files["README.md"] = _readme(kit, wheel).encode()
    licence = kit.root / "LICENSE"
    if licence.is_file():
        files["LICENSE"] = licence.read_bytes()
    return files


def _links(page: str, text: str) -> Iterator[str]:
    """Files of the assignment that a page links to."""
    for target in _LINK.findall(text):
        yield posixpath.normpath(PurePosixPath(page).parent / target)


def _linked(kit: Kit, page: str, name: str) -> bytes:
    path = kit.root / name
    if name.startswith("..") or any(path.is_relative_to(hidden) for hidden in kit.hidden):
        raise KitError(
            f"{kit.root / page}: it links to {name}, which students do not get; "
            "remove the link before you release it"
        )
    if not path.is_file():
        raise KitError(f"{kit.root / page}: it links to {name}, which is not there")
    return path.read_bytes()


def _reduced(kit: Kit) -> str:
    """Of grader.toml what ``try`` and ``hint`` read."""
    tables: dict[str, Any] = {
        "kit": kit.config.kit.model_dump(),
        "limits": kit.config.limits.model_dump(),
    }
    for exercise in kit.exercises.values():
        kind = exercise.key.partition(".")[0]
        tables.setdefault(kind, {})[exercise.name] = _reduced_exercise(exercise)
    return f"# What `autograder try` and `autograder hint` read.\n\n{tomli_w.dumps(tables)}"


def _reduced_exercise(exercise: Exercise) -> dict[str, Any]:
    kept = {"title", "points", "functions", "hints", "limits"}
    return exercise.config.model_dump(include=kept, exclude_defaults=True, exclude_none=True)


def _readme(kit: Kit, wheel: str) -> str:
    about = kit.config.kit
    rows = "".join(
        f"| `{e.path}` | {e.config.title or e.name} | {e.points:g} |\n"
        for e in kit.exercises.values()
    )
    first = next(iter(kit.exercises))
    lesson = "exercises/README.md"
    read = f"Read [the lesson]({lesson}), fill" if (kit.root / lesson).is_file() else "Fill"
    # The extra brings PyTorch, which nobody should wait for who needs no GPU task.
    gpu = (
        f"For `gpu_tasks` install PyTorch and Triton as well: `pip install './{wheel}[gpu]'`.\n\n"
        if any(e.is_gpu_task for e in kit.exercises.values())
        else ""
    )
    return f"""# {about.title or about.name}

| file | what | points |
| --- | --- | --- |
{rows}
Python 3.11 or newer is needed. Once:

    python3 -m venv .venv          # on Windows: py -m venv .venv
    source .venv/bin/activate      # on Windows: .venv\\Scripts\\activate
    pip install ./{wheel}

{gpu}{read} in the files, and try them on the examples in their docstrings:

    autograder try
    {f"autograder try --only {first}":<30} # one of them
    autograder try --watch         # again whenever you save
    {f"autograder hint {first}":<30} # the next hint

The examples are not all there is: when your work is graded, more tests run, on larger and on
nastier inputs. Only the files named above are read; what else they may use stands in the
docstrings.
"""
