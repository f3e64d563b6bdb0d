"""What the examples of each exercise depend on: its file, and the files that this imports."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from autograder.intake import Submission
from autograder.kit import Exercise
from autograder.sandbox.loader import Source, code_cells

__all__ = ["Inputs", "inputs_of"]


@dataclass(frozen=True)
class Inputs:
    """What the examples of one exercise depend on.

    Attributes
    ----------
    path
        Its file.
    own
        What that holds; None where there is none that can be read.
    imported
        Texts of the student's files that it imports, directly or by way of others, by name.
    why_not
        Why its file cannot be read, where that is known.
    """

    path: str
    own: str | None
    imported: tuple[tuple[str, str], ...] = ()
    why_not: str | None = None


def inputs_of(submission: Submission, exercises: Iterable[Exercise]) -> dict[str, Inputs]:
    """What the examples of these exercises depend on, as it is now, by name."""
    code = submission.code
    modules = {name: code.sources[index] for name, index in code.modules.items()}
    texts = {name: _code(source) for name, source in modules.items()}
    # A lone file is the module of all exercises: it needs none beside it.
    is_alone = len(code.sources) == 1
    directly = {n: set() if is_alone else _imported(text, texts) for n, text in texts.items()}
    found = {}
    for exercise in exercises:
        name = exercise.name
        if name in submission.sheets:
            found[name] = Inputs(submission.sheets[name].path, submission.sheets[name].text)
        elif name in modules:
            needed = sorted(_reached(name, directly) - {name})
            imported = tuple((n, texts[n]) for n in needed)
            found[name] = Inputs(modules[name].path, texts[name], imported)
        else:
            found[name] = Inputs(exercise.path, None, why_not=submission.unreadable.get(name))
    return found


def _code(source: Source) -> str:
    """A file's text; of a notebook no more than its code, for it holds what that gave as well."""
    if not source.notebook:
        return source.text
    try:
        return "\n".join(code_cells(source.text))
    except SyntaxError:
        return source.text


def _imported(text: str, known: Collection[str]) -> set[str]:
    """Which of the known modules a file imports, anywhere in it."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()  # then it does not get as far as to import anything
    words: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            dotted = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom) and node.module:
                dotted.append(node.module)
            words.update(word for name in dotted for word in name.split("."))
    return words & set(known)


def _reached(name: str, directly: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = [name]
    while ahead:
        if (one := ahead.pop()) not in reached:
            reached.add(one)
            ahead += directly[one]
    return reached
