"""The mistakes that an assignment knows, and submissions made of its own files.

A mistake can be made in more ways than one: a small number that is added may be 1e-8 or 1e-12,
and whoever forgets the shift may think of empty arrays or not. A file says so at its constants ::

    EPSILON = 1e-8  # or 1e-6, 1e-7, 1e-9, 1e-10, 1e-12
    CHECKS_LENGTH = False  # or True

and stands for each combination of them.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from autograder.intake import Submission
from autograder.kit import Exercise, Kit
from autograder.sandbox.loader import Source, StudentCode

__all__ = ["Mistake", "known_mistakes", "own_submission"]

_CONSTANT = re.compile(r"^([A-Z][A-Z_0-9]*) = (.+?)  # or (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Mistake:
    """A wrong solution that is to be expected.

    Attributes
    ----------
    name
        Of its file.
    title
        What it is, in a few words; empty where the file does not say.
    text
        What to tell a student.
    sources
        The file, and then what it stands for besides.
    """

    name: str
    title: str
    text: str
    sources: Sequence[str]


def known_mistakes(exercise: Exercise) -> list[Mistake]:
    """Those of an exercise, by name."""
    return [_read(path) for path in exercise.mistakes]


def _read(path: Path) -> Mistake:
    source = path.read_text(encoding="utf-8")
    is_sheet = path.suffix == ".toml"
    said = _comment(source) if is_sheet else ast.get_docstring(ast.parse(source)) or ""
    title, _, rest = said.partition("\n")
    paragraphs = filter(None, (" ".join(part.split()) for part in rest.split("\n\n")))
    return Mistake(path.stem, title.strip(), "\n\n".join(paragraphs), list(_ways(source)))


def _ways(source: str) -> Iterator[str]:
    """A source with each combination of what its constants may be, the one that stands first."""
    constants = list(_CONSTANT.finditer(source))
    for values in itertools.product(*([c[2], *c[3].split(", ")] for c in constants)):
        made = source
        for constant, value in zip(constants, values, strict=True):
            made = made.replace(constant[0], f"{constant[1]} = {value}")
        yield made


def _comment(text: str) -> str:
    """The comment that a sheet begins with."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line.removeprefix("#").strip())
    return "\n".join(lines)


def own_submission(kit: Kit, identity: str, files: Mapping[str, Path | str]) -> Submission:
    """A submission of the assignment's own files, or of texts, by exercise."""
    texts = {
        name: file if isinstance(file, str) else file.read_text(encoding="utf-8")
        for name, file in files.items()
    }
    sources = {name: Source(kit.exercises[name].path, text) for name, text in texts.items()}
    modules = [name for name in files if not kit.exercises[name].is_sheet]
    code = StudentCode(
        [sources.pop(name) for name in modules],
        {name: index for index, name in enumerate(modules)},
        list(files),
    )
    return Submission(identity, code, sources)
