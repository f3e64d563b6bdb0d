"""An assignment's own file about a Triton task: what it is compared with, and on what.

``reference/gpu/baselines/NAME.py`` is trusted Python. Its public functions are the baselines; the
first line of a docstring is what the function is called in reports. ``cases(card)`` gives what
``autograder bench`` asks, for the ``Facts`` of a card.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

__all__ = ["Case", "functions_of", "load"]

_MODULE = "baselines_of_the_assignment"


@dataclass(frozen=True)
class Case:
    """One question.

    Attributes
    ----------
    panel
        Cases of the same panel differ in their length only: they make a line.
    length
        Of what grows along that line.
    unit
        Of the length: ``numbers in a row``.
    shapes
        Of the arguments, which are arrays of random numbers.
    dtype
        Their type, as NumPy and ``ml_dtypes`` name it.
    kwargs
        Keyword arguments.
    nbytes
        That no answer can do without: arguments read once, the answer written once.
    flops
        Operations that it takes.
    bound
        What limits a good answer: the card's memory or its arithmetic.
    """

    panel: str
    length: int
    unit: str
    shapes: tuple[tuple[int, ...], ...]
    dtype: str
    nbytes: int
    flops: int
    bound: Literal["copy", "arithmetic"]
    kwargs: Mapping[str, Any] = field(default_factory=dict)


def load(file: Path) -> ModuleType:
    """The file as a module."""
    spec = importlib.util.spec_from_file_location(_MODULE, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[_MODULE] = module  # where PyTorch's compiler looks for it
    spec.loader.exec_module(module)
    return module


def functions_of(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """Its baselines, by what they are called in reports."""
    found = {}
    for name, value in vars(module).items():
        if getattr(value, "__module__", None) != _MODULE or name.startswith("_") or name == "cases":
            continue
        found[(value.__doc__ or name).strip().partition("\n")[0]] = value
    return found
