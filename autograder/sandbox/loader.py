"""Student modules made from source text that never touched a disk.

``from exercises.stable import f`` and ``from stable import f`` both work and give the same
module: the student's own. The grader's worker and ``autograder try`` load with the same
code, so that what imports at home imports when it is graded.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.util
import io
import itertools
import json
import linecache
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

PACKAGES = ("exercises", "gpu_tasks")
"""The packages under whose names the exercises can be imported, each under both."""


@dataclass(frozen=True)
class Source:
    """One file of a submission.

    Attributes
    ----------
    path
        Its name within the submission, which tracebacks show.
    text
        Python source, or the JSON of a notebook.
    notebook
        Whether it is a notebook.
    """

    path: str
    text: str
    notebook: bool = False

    def line(self, number: int) -> str | None:
        """A line as it stands there, from 1; None when there is none."""
        if not 0 < number < sys.maxsize:
            return None
        # With any newline, and without a list of what may be a million lines.
        lines = io.StringIO(self.text, newline=None)
        return next(itertools.islice(lines, number - 1, number), None)


@dataclass(frozen=True)
class StudentCode:
    """The submitted files that can be imported.

    Attributes
    ----------
    sources
        The files.
    modules
        Name of an exercise to its file's index in ``sources``.
    exercises
        Names of all exercises, those without a file included.
    """

    sources: Sequence[Source]
    modules: Mapping[str, int]
    exercises: Sequence[str] = ()

    def mentions(self, name: str) -> bool:
        """Whether a name stands in the files: only such a one may a report repeat."""
        if not name.isidentifier() or len(name) > 100:
            return False
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        return any(name in s.text and word.search(s.text) for s in self.sources)


@dataclass
class StudentModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finder and loader of a submission's modules.

    Parameters
    ----------
    sources
        The submitted files.
    modules
        Module name to index in ``sources``. A lone file or a notebook is the module of
        every exercise at once.

    Attributes
    ----------
    notes
        What was passed over in a notebook: the cell, ``magics``, ``unreadable`` or
        ``stopped``, and the name of the exception that stopped a statement.
    """

    sources: Sequence[Source]
    modules: Mapping[str, int]
    notes: list[tuple[int, str, str]] = field(default_factory=list)
    _made: dict[int, ModuleType] = field(default_factory=dict)
    _executed: set[int] = field(default_factory=set)

    def install(self) -> None:
        """Let ``import`` find these modules, before any other of the same name."""
        for name in PACKAGES:
            package = ModuleType(name)
            package.__path__ = []
            sys.modules[name] = package
        sys.meta_path.insert(0, self)

    def load(self, name: str) -> ModuleType:
        """Import one module; whatever its code raises is raised here."""
        # By its longer name, under which relative imports work as well.
        return importlib.import_module(f"{PACKAGES[0]}.{name}")

    def names(self) -> set[str]:
        """The file names that frames of student code carry (``cell 3`` for a notebook's)."""
        cells = {f"cell {n}" for n in range(1, 1000)} if self._has_notebook else set()
        return cells | {source.path for source in self.sources}

    @property
    def _has_notebook(self) -> bool:
        return any(source.notebook for source in self.sources)

    # -------------------------------------------------------------- importlib's protocol

    def find_spec(
        self, fullname: str, path: object = None, target: object = None
    ) -> ModuleSpec | None:
        if _own_name(fullname) not in self.modules:
            return None
        return importlib.util.spec_from_loader(fullname, self)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        index = self._index(spec.name)
        if index not in self._made:
            module = ModuleType(spec.name)
            module.__file__ = self.sources[index].path
            self._made[index] = module
        return self._made[index]

    def exec_module(self, module: ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None
        index = self._index(spec.name)
        if index in self._executed:
            return
        self._executed.add(index)
        try:
            source = self.sources[index]
            if source.notebook:
                self._run_notebook(source, module)
            else:
                exec(compile(source.text, source.path, "exec", dont_inherit=True), module.__dict__)
        except BaseException:
            self._executed.discard(index)
            self._made.pop(index, None)
            raise

    def get_source(self, fullname: str) -> str:
        """For ``inspect`` and tracebacks."""
        return self.sources[self._index(fullname)].text

    def _index(self, fullname: str) -> int:
        return self.modules[_own_name(fullname)]

    # -------------------------------------------------------------- notebooks

    def _run_notebook(self, source: Source, module: ModuleType) -> None:
        """Run a notebook's cells, statement by statement: one that fails stops no other.

        What a student plots or looks at on the way fails here, where there is no
        matplotlib and no display; the functions beside it should not be lost for that.
        """
        for number, text in enumerate(code_cells(source.text), start=1):
            # Where `inspect` looks, and so Triton for the source of a kernel; split when it does.
            linecache.cache[f"cell {number}"] = (lambda text=text: text,)
            statements = self._statements(number, text)
            for statement in statements:
                try:
                    tree = ast.Module([statement], [])
                    exec(
                        compile(tree, f"cell {number}", "exec", dont_inherit=True), module.__dict__
                    )
                except BaseException as error:  # SystemExit too
                    self.notes.append((number, "stopped", type(error).__name__))

    def _statements(self, number: int, text: str) -> list[ast.stmt]:
        try:
            return ast.parse(text).body
        except Exception:
            plain, changed = without_magics(text)
        try:
            body = ast.parse(plain).body
        except Exception:  # whatever the parser makes of a bomb
            self.notes.append((number, "unreadable", ""))
            return []
        if changed:
            self.notes.append((number, "magics", ""))
        return body


def _own_name(fullname: str) -> str:
    """The name of an exercise, without that of a package before it."""
    package, _, name = fullname.partition(".")
    return name if name and package in PACKAGES else fullname


def code_cells(text: str) -> list[str]:
    """The sources of a notebook's code cells, in order (formats 3 and 4).

    Raises
    ------
    SyntaxError
        When the text is not a notebook.
    """
    try:
        document: Any = json.loads(text)
        sheets = document.get("worksheets", [document])
        cells = [cell for sheet in sheets for cell in sheet["cells"]]
        sources = [c.get("source", c.get("input")) for c in cells if c["cell_type"] == "code"]
        return ["".join(source) for source in sources]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise SyntaxError("the file is not a notebook") from None


# IPython: %magic, !command and ?help stand where a statement would; `% b` goes on with one.
_MAGIC = re.compile(
    r"^(\s*)(%[A-Za-z_]\w*(\s.*)?|!.*|\?.*|[\w.]+\?{1,2}\s*|[\w, ]+=\s*(!|%[A-Za-z_]).*)$"
)
# Magics of a whole cell after which the cell is Python all the same.
_PYTHON_CELL = re.compile(r"^\s*%%(time|timeit|capture|prun)\b.*")


def without_magics(text: str) -> tuple[str, bool]:
    """A cell without IPython's magics and shell lines, and whether it had any.

    Each such line becomes ``pass``, so that a block which held nothing else stays one.
    """
    first, *rest = text.split("\n")
    if first.lstrip().startswith("%%"):
        if not _PYTHON_CELL.match(first):
            return "", True
        first = "pass"
    lines = [_MAGIC.sub(r"\1pass", line) for line in (first, *rest)]
    plain = "\n".join(lines)
    return plain, plain != text
