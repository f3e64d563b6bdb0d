"""Exercises as cells of one notebook: the stub, with the reference as the solution in it.

nbgrader takes what stands between ``### BEGIN SOLUTION`` and ``### END SOLUTION`` out of the
student's version. A function keeps the stub's signature and docstring and gets the reference's
body; what else the reference holds follows the last function, inside of the same region. So the
student's cell is the stub.

All cells share one namespace, in Jupyter as in the grader, which looks for every function in the
whole notebook. So one exercise uses another's function by its name, and imports of it go; and two
references must not use one name for two things.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import KitError
from autograder.kit import Exercise, Kit
from autograder.sandbox.loader import PACKAGES

__all__ = ["ExerciseCell", "exercise_cells"]

_BEGIN, _END = "### BEGIN SOLUTION", "### END SOLUTION"


@dataclass(frozen=True)
class ExerciseCell:
    """One exercise of code.

    Attributes
    ----------
    about
        What its stub says of itself.
    source
        The cell, with the solution in it.
    """

    exercise: Exercise
    about: str
    source: str


def exercise_cells(kit: Kit) -> list[ExerciseCell]:
    """The exercises of an assignment that are code, in its order.

    Raises
    ------
    KitError
        When a reference cannot be a cell beside the others: file, what is wrong, the remedy.
    """
    cells = []
    taken: dict[str, tuple[Path, str]] = {}
    for exercise in kit.exercises.values():
        if exercise.is_sheet:
            continue
        stub, reference = _File(exercise.stub), _File(exercise.reference)
        source = _merged(stub, reference, exercise, kit.exercises)
        cells.append(ExerciseCell(exercise, stub.about, source))
        for file in (stub, reference):
            for name, what in file.bound(kit.exercises):
                meant = exercise.key if name in exercise.functions else what
                other, before = taken.setdefault(name, (file.path, meant))
                if before != meant:
                    raise KitError(
                        f"{file.path}: {name} is something else in {other}, and in a notebook the "
                        "two would be one; rename one of them"
                    )
    return cells


class _File:
    """A stub or a reference: its text, and its statements with what is written above each."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text(encoding="utf-8")
        self.lines = text.splitlines()
        try:
            self.tree = ast.parse(text)
        except SyntaxError as error:
            raise KitError(f"{path} is not Python: {error}") from None
        self.about = ast.get_docstring(self.tree) or ""
        self.statements = self.tree.body[1:] if self.about else self.tree.body

    def function(self, name: str) -> ast.FunctionDef:
        for node in self.statements:
            if isinstance(node, ast.FunctionDef) and node.name == name:
                if node.decorator_list:
                    raise KitError(
                        f"{self.path}: {name} has a decorator, which a cell that shows the stub "
                        "cannot have; call the decorated one from it"
                    )
                return node
        raise KitError(f"{self.path}: there is no function {name}")

    def text(self, first: int, last: int) -> str:
        """Lines as they stand there, from 1, the last included."""
        return "\n".join(self.lines[first - 1 : last])

    def with_comments(self, node: ast.stmt) -> str:
        """A top-level statement, with the comments above it."""
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(d.lineno for d in decorators)])
        while first > 1 and self.lines[first - 2].startswith("#"):
            first -= 1
        return self.text(first, node.end_lineno or node.lineno)

    def bound(self, siblings: Collection[str]) -> Iterator[tuple[str, str]]:
        """The names that its top level binds, each with what to."""
        for node in self.statements:
            match node:
                case ast.FunctionDef() | ast.ClassDef():
                    yield node.name, ast.dump(node)
                case ast.Assign() | ast.AnnAssign():
                    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                    for name in (n for t in targets for n in ast.walk(t)):
                        if isinstance(name, ast.Name):
                            yield name.id, ast.dump(node)
                case ast.Import():
                    for alias in node.names:
                        yield alias.asname or alias.name.partition(".")[0], _imported(alias)
                case ast.ImportFrom() if not _is_sibling(node, siblings):
                    for alias in node.names:
                        yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _imported(alias: ast.alias) -> str:
    # `import a.b` binds a.
    return alias.name if alias.asname else alias.name.partition(".")[0]


def _is_sibling(node: ast.stmt, siblings: Collection[str]) -> bool:
    """Whether it imports from another exercise, under any of the names that work."""
    return isinstance(node, ast.ImportFrom) and (
        (node.module or "").rpartition(".")[2] in siblings
        and (node.module or "").partition(".")[0] in (*PACKAGES, *siblings)
    )


def _merged(stub: _File, reference: _File, exercise: Exercise, siblings: Collection[str]) -> str:
    pieces, line = [], _first_line(stub)
    solved = [stub.function(name) for name in exercise.functions]
    last = max(solved, key=lambda node: node.lineno)
    for node in sorted(solved, key=lambda node: node.lineno):
        twin = reference.function(node.name)
        if _parameters(node) != _parameters(twin):
            raise KitError(
                f"{reference.path}: {node.name} has other parameters than in {stub.path}; "
                "give both the same"
            )
        indent = node.body[0].col_offset
        end = node.end_lineno or node.lineno
        kept = node.body[-1].lineno - 1 if isinstance(node.body[-1], ast.Raise) else end
        region = [f"{' ' * indent}{_BEGIN}", _body(reference, twin, indent)]
        if node is last and (rest := [*_rest(stub, reference, exercise, siblings)]):
            region += ["\n", *rest]
        region.append(f"{' ' * indent}{_END}")
        pieces += [stub.text(line, kept), *region]
        line = end + 1
    source = "\n".join([*pieces, stub.text(line, len(stub.lines))]).strip("\n")
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise KitError(
            f"{reference.path} and {stub.path} cannot be made one cell of a notebook, whose line "
            f"{error.lineno} would be: {error.text}; write one statement a line"
        ) from None
    return source


def _first_line(file: _File) -> int:
    """After the docstring of the file, which becomes text."""
    return (file.tree.body[0].end_lineno or 0) + 1 if file.about else 1


def _parameters(node: ast.FunctionDef) -> tuple[list[str], list[str]]:
    arguments = node.args
    every = (
        *arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs,
        arguments.kwarg,
    )  # fmt: skip
    defaults = (*arguments.defaults, *arguments.kw_defaults)
    return [a.arg for a in every if a], [ast.unparse(d) for d in defaults if d]


def _body(file: _File, node: ast.FunctionDef, indent: int) -> str:
    """The body of a reference's function, without its docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    if not body:
        return f"{' ' * indent}pass"
    first = body[0].lineno
    if body[0].col_offset != indent or first == node.lineno:
        return textwrap.indent("\n".join(map(ast.unparse, body)), " " * indent)
    while file.lines[first - 2].strip().startswith("#"):
        first -= 1
    return file.text(first, node.end_lineno or first)


def _rest(
    stub: _File, reference: _File, exercise: Exercise, siblings: Collection[str]
) -> Iterator[str]:
    """What the reference holds beside the functions of the exercise."""
    given = {ast.dump(node) for node in stub.statements}
    for node in reference.statements:
        if isinstance(node, ast.FunctionDef) and node.name in exercise.functions:
            continue
        if ast.dump(node) in given:
            continue
        if isinstance(node, ast.ImportFrom):
            if node.module == "__future__":  # only at the head of a cell, and of no effect here
                continue
            if _is_sibling(node, siblings):
                yield from (f"{a.asname} = {a.name}" for a in node.names if a.asname)
                continue
        space = "\n\n" if isinstance(node, ast.FunctionDef | ast.ClassDef) else ""
        yield f"{space}{reference.with_comments(node)}"
