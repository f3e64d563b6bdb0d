"""Comparisons for hidden tests, which write failures that a student can act on.

A failure says how an answer is wrong, not what the right one is: neither inputs nor
expected values get into ``feedback``. What may be shown when ``grader.toml`` reveals all
goes into ``revealed``.
"""

from __future__ import annotations

import functools
import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograder.errors import KitError
from autograder.result import Status

__all__ = [
    "Expected",
    "Failed",
    "Tolerance",
    "Verdict",
    "expect",
    "expect_allowed",
    "expect_close",
    "expect_equal",
    "expect_raises",
    "on_compared",
    "oracle",
    "set_tolerances",
    "shape_text",
    "take_errors",
]

Array = np.ndarray[Any, Any]


class Verdict(Exception):
    """Why a test does not earn all its points, when that is the submission's doing.

    Attributes
    ----------
    share
        Of them that it earns, below 1.
    status
        The test's status in the result document.
    feedback
        For the student; holds no hidden value and no text of the student's making.
    revealed
        More of it, for exercises whose feedback is revealed in full.
    """

    status: Status = "failed"
    share = 0.0

    def __init__(self, feedback: str, revealed: str = "", status: Status | None = None) -> None:
        super().__init__(feedback)
        self.feedback = feedback
        self.revealed = revealed
        if status is not None:
            self.status = status


class Failed(Verdict):
    """A wrong answer, or a right one that is not all that was asked for.

    Parameters
    ----------
    share
        What it earns of the test's points all the same: 0 or more, below 1.
    """

    def __init__(self, feedback: str, revealed: str = "", share: float = 0.0) -> None:
        super().__init__(feedback, revealed)
        if not 0 <= share < 1:
            raise ValueError(f"{share} is not a share of what a test earns that has not passed")
        self.share = share


class Raised(Verdict):
    """An exception out of student code.

    Attributes
    ----------
    bases
        Names of the built-in exceptions that it is an instance of.
    """

    status: Status = "error"

    def __init__(
        self,
        feedback: str,
        revealed: str = "",
        status: Status | None = None,
        bases: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(feedback, revealed, status)
        self.bases = bases


# ------------------------------------------------------------------ tolerance


@dataclass(frozen=True)
class Tolerance:
    """How far from the exact answer an honest one may be, in one floating type.

    ``|got - exact| <= relative * |exact| + scale * eps * max(1, largest |input|)``: the
    textbook formula in the input's own precision is honest, so the absolute part grows
    with the condition of the question.
    """

    relative: float
    scale: float

    def bound(self, exact: Array, dtype: np.dtype[Any], magnitude: float) -> Array:
        eps = _eps(dtype)
        bound: Array = self.relative * np.abs(exact) + self.scale * eps * max(1.0, magnitude)
        return bound


def is_floating(dtype: np.dtype[Any]) -> bool:
    """Whether a type is one of floating point, as ``ml_dtypes.bfloat16`` is too."""
    return dtype.kind == "f" or dtype.name == "bfloat16"


def _eps(dtype: np.dtype[Any]) -> float:
    # Of bfloat16 NumPy itself knows nothing but the name.
    return 2.0**-7 if dtype.name == "bfloat16" else float(np.finfo(dtype).eps)


_tolerances: dict[str, Tolerance] = {}


def set_tolerances(tolerances: Mapping[str, Tolerance]) -> None:
    """Use the tolerances of an assignment, by name of floating type, from here on."""
    _tolerances.clear()
    _tolerances.update(tolerances)


def _tolerance(dtype: np.dtype[Any]) -> Tolerance:
    try:
        return _tolerances[dtype.name]
    except KeyError:
        raise KitError(
            f"grader.toml: tolerance.{dtype.name} is missing, and a hidden test compares "
            f"{dtype.name} answers; write [tolerance.{dtype.name}] with relative and scale"
        ) from None


# ------------------------------------------------------------------ the exact answer


@dataclass(frozen=True)
class Expected:
    """An exact answer and what decides how near to it an answer must be.

    Attributes
    ----------
    value
        The answer in float64.
    dtype
        The floating type that an array must have, which also chooses the tolerance.
    magnitude
        How large the inputs are; see ``Tolerance``.
    """

    value: Array
    dtype: np.dtype[Any]
    magnitude: float

    def part(self, places: Any) -> Expected:
        """The answer in some places, as near as the whole."""
        return replace(self, value=self.value[places])

    @cached_property
    def finite(self) -> bool:
        """Whether all of it is."""
        return bool(np.isfinite(self.value).all())

    @cached_property
    def bound(self) -> Array:
        """How far off an answer may be, in each place."""
        with np.errstate(all="ignore"):
            return _tolerance(self.dtype).bound(self.value, self.dtype, self.magnitude)


_CACHE_BYTES = 64 << 20


def oracle(
    function: Callable[..., Any] | None = None, *, magnitude: Callable[..., float] | None = None
) -> Any:
    """Make a float64 formula an oracle for questions of any floating type.

    The formula gets its array arguments as float64 (integer arrays of labels and the like
    as they are, when they are not the first) and returns an array or a number. The answer
    is remembered, because a whole class is asked the same questions.

    Parameters
    ----------
    magnitude
        Of the same arguments, what ``Expected.magnitude`` is to be where it is not the
        largest finite input, such as the largest score of an attention.
    """
    if function is None:
        return functools.partial(oracle, magnitude=magnitude)
    remembered: OrderedDict[Any, Expected] = OrderedDict()
    size = 0  # of what is remembered, in bytes, and of what it is remembered by

    @functools.wraps(function)
    def answer(first: Any, *rest: Any, **options: Any) -> Expected:
        nonlocal size
        key = (_key((first, *rest)), _key([*sorted(options.items())]))
        if key in remembered:
            remembered.move_to_end(key)
            return remembered[key]
        arrays = [a for a in (first, *rest) if isinstance(a, np.ndarray)]
        dtype = arrays[0].dtype if is_floating(arrays[0].dtype) else np.dtype(np.float64)
        exact = [
            a.astype(np.float64)
            if isinstance(a, np.ndarray) and (is_floating(a.dtype) or a is first)
            else a
            for a in (first, *rest)
        ]
        with np.errstate(all="ignore"):
            value = np.asarray(function(*exact, **options), np.float64)
            largest = (magnitude or _largest)(*exact, **options)
        value.flags.writeable = False
        expected = remembered[key] = Expected(value, dtype, largest)
        size += value.nbytes + _SMALL
        while size > _CACHE_BYTES:
            size -= remembered.popitem(last=False)[1].value.nbytes + _SMALL
        return expected

    return answer


def _largest(*args: Any, **_: Any) -> float:
    """The largest finite absolute value among the inputs."""
    floats = [a for a in args if isinstance(a, np.ndarray) and a.dtype.kind == "f"]
    finite = [np.abs(a[np.isfinite(a)]) for a in floats]
    return max((float(f.max()) for f in finite if f.size), default=0.0)


_SMALL = 4096  # bytes


def _key(value: Any) -> Any:
    """Something that is equal for the same question only, and can be hashed."""
    if isinstance(value, np.ndarray):
        data: Any = value.tobytes()
        if len(data) > _SMALL:
            data = hashlib.blake2b(data, digest_size=16).digest()
        return value.dtype.str, value.shape, data
    if isinstance(value, list | tuple):
        return type(value), *map(_key, value)
    if isinstance(value, bool | int | float | str | None):
        return type(value), repr(value)
    raise TypeError(f"an oracle cannot remember a {type(value).__name__}")


# ------------------------------------------------------------------ comparisons


def expect(condition: object, otherwise: str) -> None:
    """Fail with the sentence ``otherwise`` (which must hold no hidden value) if not so."""
    if not condition:
        raise Failed(otherwise)


def expect_allowed(condition: object, otherwise: str) -> None:
    """Require a rule of the exercise to be kept, whatever the answer."""
    if not condition:
        raise Verdict(otherwise, status="forbidden")


on_compared: list[Callable[[float], None]] = []
"""Told of each comparison its worst error over what is allowed: to see how much room is left."""


@dataclass(frozen=True)
class _Worst:
    """Of the answers to questions of one magnitude: the error that is largest beside its bound.

    Where an answer was no number, `beside` is infinite.
    """

    beside: float
    error: float
    bound: float


_worst: dict[np.dtype[Any], dict[int, _Worst]] = {}

_SMALLEST_TEN, _LARGEST_TEN = -3, 6
"""What lies beyond counts as this: a question about 1e300 would leave no room for the others."""


def take_errors() -> dict[str, Any]:
    """Return what comparisons since the last time found, as measurements of an exercise.

    ``error_by_magnitude`` pairs the magnitude of inputs, as a power of ten, with the worst
    error of the answers, null where one was no number; ``allowed_by_magnitude`` with how far
    off that answer might have been. Both are of the widest floating type that was asked for:
    errors of several types do not compare. They tell no more of hidden inputs than feedback.
    """
    found = dict(_worst)
    _worst.clear()
    if not found:
        return {}
    widest = sorted(found[max(found, key=lambda dtype: dtype.itemsize)].items())
    return {
        "error_by_magnitude": [
            [10.0**ten, float(f"{w.error:.3g}") if math.isfinite(w.beside) else None]
            for ten, w in widest
        ],
        "allowed_by_magnitude": [[10.0**ten, float(f"{w.bound:.3g}")] for ten, w in widest],
    }


def _note(error: Array, beside: Array, expected: Expected) -> None:
    """Keep the worst error of an answer, in the places where the exact one is a number."""
    finite = np.isfinite(expected.value)
    if not expected.magnitude or not finite.any():
        return
    # A bound may be 0, and so may the error beside it.
    beside = np.where(error == 0, 0.0, np.where(np.isnan(error), np.inf, beside))
    wrong = np.where(finite, beside, -1.0)
    place = int(np.argmax(wrong))
    worst = _Worst(
        *(float(wrong.flat[place]), float(error.flat[place])), float(expected.bound.flat[place])
    )
    ten = min(_LARGEST_TEN, max(_SMALLEST_TEN, math.floor(math.log10(expected.magnitude))))
    known = _worst.setdefault(expected.dtype, {})
    if ten not in known or worst.beside > known[ten].beside:
        known[ten] = worst


def expect_close(got: Array | float, expected: Expected, *, about: str) -> None:
    """Require shape, floating type, NaNs, infinities and values to be right.

    Parameters
    ----------
    got
        The student's answer. The type of a 0-d answer or a Python float is free.
    expected
        From an ``oracle``.
    about
        Which question it was, in words: ``"3 rows of 257 logits in [900, 1100]"``.
    """
    array = np.asarray(got)
    _expect_shape(array, expected.value.shape, about)
    if array.ndim and array.dtype != expected.dtype:
        raise Failed(f"The answer is {array.dtype}, for {about}; it should be {expected.dtype}.")
    _expect_number(array, about)
    with np.errstate(all="ignore"):
        values = array.astype(np.float64)
        error = np.abs(values - expected.value)
        beside = error / expected.bound
        _note(error, beside, expected)
        for tell in on_compared:
            tell(float(np.nanmax(beside, initial=0.0)))
        if not (expected.finite and (error <= expected.bound).all()):
            _complain(values, expected.value, error, expected.bound, about)


def _complain(values: Array, exact: Array, error: Array, bound: Array, about: str) -> None:
    """Fail with what a student should look for first, if anything is wrong."""
    finite = np.isfinite(exact)
    complaints = [
        (np.isnan(values) & ~np.isnan(exact), "NaN{}"),
        (np.isinf(values) & ~np.isinf(exact), "Infinite{}"),
        (np.isnan(exact) & ~np.isnan(values), "Not NaN{} where it should be NaN"),
        (np.isinf(exact) & (values != exact), "Wrong{} where it should be infinite"),
        (finite & ~(error <= bound), "Wrong{}, at worst "),
    ]
    for wrong, what in complaints:
        if np.any(wrong):
            text = what.format(_places(wrong))
            if text.endswith("worst "):
                worst = int(np.argmax(np.where(finite, error - bound, -np.inf)))
                text += f"off by {error.flat[worst]:.2g} where at most "
                text += f"{bound.flat[worst]:.2g} is rounding"
            raise _wrong(text, values, exact, about)


def expect_equal(got: Array | float, value: Array | float, *, about: str) -> None:
    """Require the very same shape, type and values; NaN equals NaN."""
    array, exact = np.asarray(got), np.asarray(value)
    _expect_shape(array, exact.shape, about)
    if array.dtype != exact.dtype:
        raise Failed(f"The type is {array.dtype}, for {about}; it should be {exact.dtype}.")
    different = ~((array == exact) | ((array != array) & (exact != exact)))
    if np.any(different):
        if array.dtype.kind == "f" and np.any(spoilt := np.isnan(array) & (exact == exact)):
            raise _wrong(f"NaN{_places(spoilt)}", array, exact, about)
        raise _wrong(f"Not the exact value{_places(different)}", array, exact, about)


def expect_raises(kind: type[Exception], call: Callable[[], object], *, about: str) -> None:
    """Require that a call raises this built-in exception (or one derived from it)."""
    try:
        call()
    except Raised as error:
        if kind.__name__ in error.bases:
            return
        raise Failed(
            f"Should raise {kind.__name__} for {about}. {error.feedback}", error.revealed
        ) from None
    raise Failed(f"Should raise {kind.__name__} for {about}, and returned a value.")


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape that a student's code chose, unless it could be a message."""
    extent = math.prod(n or 1 for n in shape)
    return str(shape) if len(shape) <= 8 and extent <= 10**6 else "another one"


def _expect_shape(array: Array, shape: tuple[int, ...], about: str) -> None:
    if array.shape != shape:
        raise Failed(f"The shape is {shape_text(array.shape)}, for {about}; it should be {shape}.")


def _expect_number(array: Array, about: str) -> None:
    if array.dtype.kind not in "iu" and not is_floating(array.dtype):
        raise Failed(f"The answer is of type {array.dtype}, for {about}; it should be a number.")


def _places(wrong: Array) -> str:
    """Where an answer is wrong, for one of several numbers: `` in 3 of 9 places``."""
    if np.size(wrong) == 1:
        return ""
    return f" in {np.count_nonzero(wrong)} of {np.size(wrong)} places"


def _wrong(what: str, got: Array, exact: Array, about: str) -> Failed:
    revealed = ""
    if np.size(exact) <= 16:
        revealed = f"Got {got.tolist()}, expected {exact.tolist()}."
    else:
        with np.errstate(all="ignore"):
            differs = ~((got == exact) | (np.isnan(got) & np.isnan(exact)))
            distance = np.where(differs, np.nan_to_num(np.abs(got - exact), nan=np.inf), -1.0)
        place = np.unravel_index(int(np.argmax(distance)), np.shape(exact))
        at = ", ".join(str(int(i)) for i in place)
        revealed = f"At [{at}]: got {got[place]!s}, expected {exact[place]!s}."
    return Failed(f"{what}, for {about}.", revealed)
