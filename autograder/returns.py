"""What a function may return, as ``grader.toml`` declares it, and how to say what came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from autograder.expect import Failed, shape_text
from autograder.sandbox import wire
from autograder.sandbox.loader import StudentCode

__all__ = ["Kind", "article", "checked"]

Kind = Literal["array", "array or number", "number", "pair"]
"""What a function can be declared to return in ``grader.toml``."""

# Types that a student may well return by mistake, and whose names tell nothing.
_KNOWN_TYPES = frozenset(
    "ndarray matrix MaskedArray memmap recarray chararray str_ bytes_ object_ datetime64"
    " timedelta64 void str bytes bytearray memoryview dict set frozenset range complex type"
    " generator coroutine async_generator function method builtin_function_or_method map"
    " filter zip enumerate list_iterator tuple_iterator chain NoneType module deque Fraction"
    " Decimal array ellipsis NotImplementedType slice list tuple int".split()
)
# Why an object of a type that travels did not; wire.pack says it.
_DETAILS = {
    "that is far too large": " that is far too large",
    "of too many dimensions": " of too many dimensions",
    "that is too large or too deep": " that is too large or too deep",
    "of more than 100 bits": " of more than 100 bits",
    "of dtype O": " of objects",
    "of dtype U": " of strings",
    "of dtype T": " of strings",
    "of dtype c": " of complex numbers that are too long",
    "of dtype S": " of bytes",
    "of dtype V": " of records",
    "of dtype M": " of dates",
    "of dtype m": " of time spans",
}


def checked(kind: Kind, value: Any, code: StudentCode) -> Any:
    """The value as the declared kind has it.

    Parameters
    ----------
    kind
        As declared.
    value
        What came over the wire.
    code
        The submission, whose own names may be told.

    Raises
    ------
    Failed
        When it is of another kind.
    """
    return _CHECKS[kind](value, lambda v: _describe(v, code))


def _array(value: Any, describe: Callable[[Any], str]) -> Any:
    if type(value) is not np.ndarray:
        raise Failed(f"Returned {describe(value)}; expected a numpy.ndarray.")
    return value


def _array_or_number(value: Any, describe: Callable[[Any], str]) -> Any:
    if type(value) is np.ndarray:
        return value
    if _is_number(value):
        return np.asarray(value)
    raise Failed(f"Returned {describe(value)}; expected a numpy.ndarray or a number.")


def _number(value: Any, describe: Callable[[Any], str]) -> float:
    if not _is_number(value):
        raise Failed(f"Returned {describe(value)}; expected a number.")
    return float(value)


def _pair(value: Any, describe: Callable[[Any], str]) -> tuple[float, float]:
    if type(value) not in (tuple, list) or len(value) != 2 or not all(map(_is_number, value)):
        raise Failed(f"Returned {describe(value)}; expected a pair of numbers.")
    return float(value[0]), float(value[1])


_CHECKS: dict[Kind, Callable[[Any, Callable[[Any], str]], Any]] = {
    "array": _array,
    "array or number": _array_or_number,
    "number": _number,
    "pair": _pair,
}


def _is_number(value: Any) -> bool:
    if type(value) in (float, int):
        return True
    return (
        isinstance(value, np.generic) or (type(value) is np.ndarray and value.ndim == 0)
    ) and value.dtype.kind in "fiu"


def _describe(value: Any, code: StudentCode) -> str:
    if isinstance(value, wire.Opaque):
        return _describe_opaque(value, code)
    if type(value) is np.ndarray:
        return f"an array of shape {shape_text(value.shape)} and type {value.dtype}"
    if type(value) in (tuple, list):
        said = f"a {type(value).__name__} of {len(value)}"
        if len(value) != 2 or any(type(item) in (tuple, list) for item in value):
            return said
        return f"{said}, {' and '.join(_describe(item, code) for item in value)}"
    return "None" if value is None else f"{article(type(value).__name__)} {type(value).__name__}"


def _describe_opaque(value: wire.Opaque, code: StudentCode) -> str:
    name = value.type_name
    # A type made on the spot can be called anything, such as by a hidden input.
    if name not in _KNOWN_TYPES and not code.mentions(name):
        return "an object of a type of its own"
    detail = _DETAILS.get(value.detail, "")
    if name == "ndarray":
        return f"an array{detail or ' of a type of its own'}"
    return f"{article(name)} {name}{detail}"


def article(word: str | None) -> str:
    if not word or word.startswith(("Uni", "Use")):  # as in UnicodeError and UserWarning
        return "a"
    return "an" if word[0].lower() in "aeiou" else "a"
