"""Whether two pieces of code have answered one question alike.

What counts is behaviour: the same numbers up to rounding, in the same shape and type, or the
same kind of failure. Rounding is what ``grader.toml`` allows for an answer in the type of the
question, as with hidden tests.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograder.calls import Refusal

__all__ = ["Outcome", "Rounding", "alike", "in_words", "near", "same"]

Rounding = tuple[float, float]
"""How far off an answer may be: so much of itself, and so much besides."""

Outcome = list[Any] | Refusal
"""What each call of a question returned, or why there was no answer."""

# What Python's own arithmetic raises where NumPy goes on with inf or NaN: 1.0 / 0.0,
# math.exp(1000) and, as a ValueError, math.log(0.0).
_ARITHMETIC = frozenset({"ArithmeticError", "ValueError"})

_QUOTED = re.compile(r" \([^()]*, line \d+: `.*`\)")
_NUMBER = re.compile(r"(\d[\d,]*(?:\.\d+)?)")
_NUMBERS_DIFFER = 0.1


def alike(
    got: Outcome,
    mistake: tuple[Outcome, Outcome],
    right: Outcome,
    rounding: Sequence[Rounding],
) -> bool:
    """Whether an outcome is that of a mistake.

    What should be a number and is inf is like NaN: which of the two it is, where something has
    overflowed, is a matter of how a formula is written.

    Parameters
    ----------
    got
        What came of a question.
    mistake
        What comes of it with the mistake, in the type of the question and in a wider one.
    right
        What should come of it.
    rounding
        Of each call.
    """
    own, wide = mistake
    if isinstance(got, Refusal) and isinstance(own, Refusal):
        return _refused_alike(got, own, right)
    if isinstance(got, Refusal):
        return _raised_for(got, own, right)
    if isinstance(own, Refusal):
        return _raised_for(own, got, right)
    return _form(got) == _form(own) and any(
        near(got, other, rounding, right) for other in (own, wide)
    )


def same(got: Outcome, other: Outcome, right: Outcome, rounding: Sequence[Rounding]) -> bool:
    """Whether two outcomes are the same, as exact as hidden tests are."""
    if isinstance(got, Refusal) and isinstance(other, Refusal):
        return _refused_alike(got, other, right)
    return _form(got) == _form(other) and near(got, other, rounding)


def _refused_alike(got: Refusal, other: Refusal, right: Outcome) -> bool:
    if got.status != other.status:
        return False
    if got.status == "error":
        # One wrong exception is like another; but the one that was asked for is right.
        asked = right.bases if isinstance(right, Refusal) else None
        return asked is None or (asked <= got.bases) == (asked <= other.bases)
    return got.status not in ("failed", "forbidden") or in_words(got.text, other.text)


def _raised_for(refusal: Refusal, answers: Outcome, right: Outcome) -> bool:
    """Whether an exception of Python's arithmetic stands for answers of inf and NaN."""
    return bool(_ARITHMETIC & refusal.bases) and _spoilt(answers, right)


def _spoilt(answers: Outcome, right: Outcome) -> bool:
    """Whether something in these answers is inf or NaN that should be a number."""
    if isinstance(answers, Refusal) or isinstance(right, Refusal):
        return False
    pairs = zip(_leaves(answers), _leaves(right), strict=False)
    return any(
        np.shape(a) != np.shape(b) or bool((~np.isfinite(a) & np.isfinite(b)).any())
        for a, b in pairs
        if _is_numeric(a) and _is_numeric(b)
    )


def in_words(got: str, other: str) -> bool:
    """Whether two sentences say the same, up to quoted code and a little in the numbers."""
    ours, theirs = (_NUMBER.split(_QUOTED.sub("", text)) for text in (got, other))
    if ours[::2] != theirs[::2]:
        return False
    pairs = zip(map(_read, ours[1::2]), map(_read, theirs[1::2]), strict=True)
    return all(abs(a - b) <= _NUMBERS_DIFFER * max(a, b) for a, b in pairs)


def _read(number: str) -> float:
    return float(number.replace(",", ""))


def near(
    got: Outcome,
    other: Outcome,
    rounding: Sequence[Rounding],
    right: Outcome | None = None,
) -> bool:
    """Whether outcomes are of the same shapes and, up to rounding, of the same numbers.

    Of what type the numbers are does not matter here; that of an exception does.

    Parameters
    ----------
    right
        If it is given: what is a number there, and none in either of the two, is the same.
    """
    if isinstance(got, Refusal) or isinstance(other, Refusal):
        kinds = [(o.status, o.bases) for o in (got, other) if isinstance(o, Refusal)]
        return len(kinds) == 2 and kinds[0] == kinds[1]
    rights = right if isinstance(right, list) else [None] * len(got)
    return len(got) == len(other) and all(
        _near(a, b, bounds, exact)
        for a, b, bounds, exact in zip(got, other, rounding, rights, strict=True)
    )


def _near(got: Any, other: Any, bounds: Rounding, right: Any) -> bool:
    if isinstance(got, list | tuple) and isinstance(other, list | tuple):
        fits = isinstance(right, list | tuple) and len(right) == len(got)
        return len(got) == len(other) and all(
            _near(a, b, bounds, exact)
            for a, b, exact in zip(got, other, right if fits else [None] * len(got), strict=True)
        )
    if not (_is_numeric(got) and _is_numeric(other)):
        return bool(type(got) is type(other) and np.array_equal(got, other))
    if np.shape(got) != np.shape(other):
        return False
    with np.errstate(all="ignore"):
        a, b = np.asarray(got, np.float64), np.asarray(other, np.float64)
        same = (a == b) | (np.isnan(a) & np.isnan(b))
        if same.all():
            return True
        if _is_numeric(right) and np.shape(right) == a.shape:
            same |= ~np.isfinite(a) & ~np.isfinite(b) & np.isfinite(right)
        relative, absolute = bounds
        close = np.abs(a - b) <= relative * np.abs(b) + absolute
        return bool((same | (close & np.isfinite(a) & np.isfinite(b))).all())


def _is_numeric(value: Any) -> bool:
    if isinstance(value, np.ndarray | np.generic):
        return value.dtype.kind in "fiub"
    return isinstance(value, float | int)


def _form(value: Any) -> Any:
    """Shapes and types; of a single number the type is free."""
    if isinstance(value, list | tuple):
        return [_form(item) for item in value]
    if isinstance(value, np.ndarray) and value.ndim:
        return value.shape, value.dtype
    return ()


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [leaf for item in value for leaf in _leaves(item)]
    return [value]
