"""A worker that has vetted kernels in it, and no other code of a student's."""

from __future__ import annotations

from typing import Any

from autograder.sandbox import wire
from autograder.sandbox.loader import code_cells, without_magics
from autograder.sandbox.worker import Worker
from autograder.triton_tasks.kernels import load_kernels
from autograder.triton_tasks.vet import vet

__all__ = ["VettingWorker"]

_REFUSALS = 3  # to tell a student at once


class VettingWorker(Worker):
    """Takes a student's file apart and keeps its kernels, if none of them may harm.

    Attributes
    ----------
    kernels
        By name.
    path
        The file.
    """

    def __init__(self, pipe: wire.Pipe) -> None:
        super().__init__(pipe)
        self.kernels: dict[str, Any] = {}
        self.path = ""
        self._cell_of_line: list[int] = []

    def _vet(
        self, header: dict[str, Any], read: wire.Unpacker
    ) -> tuple[dict[str, Any], list[memoryview]]:
        self.path, text = header["path"], read.value(header["text"])
        if header["notebook"]:
            text = self._joined(text)
        vetted = vet(text)
        refusals = [[self.place(r.line), r.text] for r in vetted.refusals[:_REFUSALS]]
        if not refusals:
            try:
                self.kernels = load_kernels(vetted.text, vetted.aliases, self.path)
            except Exception as error:  # of a constant, such as 1 / 0
                name = type(error).__name__
                refusals = [[None, f"The constants of the kernels cannot be had: {name}."]]
        reply = {"op": "vetted", "refusals": refusals, "kernels": list(self.kernels)}
        return {**reply, "nickname": vetted.nickname}, []

    def _joined(self, notebook: str) -> str:
        """The cells of a notebook as one text; those that are no Python are left out."""
        cells = [without_magics(cell)[0] for cell in code_cells(notebook)]
        for number, cell in enumerate(cells, start=1):
            self._cell_of_line += [number] * (cell.count("\n") + 1)
        return "\n".join(cells)

    def place(self, line: int | None) -> list[Any] | None:
        """Where a line of the vetted text stands: file or cell, and line in it."""
        if line is None:
            return None
        if not self._cell_of_line:
            return [self.path, line]
        cell = self._cell_of_line[min(line, len(self._cell_of_line)) - 1]
        return [f"cell {cell}", line - self._cell_of_line.index(cell)]
