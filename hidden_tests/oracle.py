"""Exact answers in float64, and the questions and checks that several exercises share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from autograder.expect import Expected, expect, expect_close, expect_equal, oracle

Array = np.ndarray[Any, Any]


@oracle
def exact_softmax(x: Array, axis: int = -1) -> Array:
    """Softmax. A row of nothing but -inf, or with NaN or +inf in it, is NaN."""
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


@oracle
def exact_log_sum_exp(x: Array, axis: int = -1) -> Array:
    """Log-sum-exp. -inf where all is -inf, +inf where one is, NaN where one is."""
    m = x.max(axis=axis, keepdims=True)
    shift = np.where(np.isfinite(m), m, 0)
    return np.log(np.exp(x - shift).sum(axis=axis)) + shift.squeeze(axis)


@oracle
def exact_log_softmax(x: Array, axis: int = -1) -> Array:
    """Log-softmax. A row of nothing but -inf is NaN."""
    shifted = x - x.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


@oracle
def exact_cross_entropy(logits: Array, labels: Array) -> Array:
    """Loss of each example."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    of_label = np.take_along_axis(shifted, np.asarray(labels)[..., None], -1)[..., 0]
    return np.log(np.exp(shifted).sum(axis=-1)) - of_label


def _largest_m(m: Array, _d: Array) -> float:
    return float(np.abs(m).max())


@oracle(magnitude=_largest_m)
def exact_merged(m: Array, d: Array) -> Array:
    """The d of several pairs together, from their finite m and their d."""
    return (d * np.exp(m - m.max())).sum()


def _scores(q: Array, k: Array, scale: float | None) -> Array:
    return q @ k.T * (1 / np.sqrt(q.shape[1]) if scale is None else scale)


def _largest_score(q: Array, k: Array, v: Array, scale: float | None = None) -> float:
    return max(1.0, np.abs(_scores(q, k, scale)).max()) * max(1.0, np.abs(v).max())


@oracle(magnitude=_largest_score)
def exact_attention(q: Array, k: Array, v: Array, scale: float | None = None) -> Array:
    """softmax(q k^T scale) v. How near an answer must be grows with the largest score."""
    scores = _scores(q, k, scale)
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) @ v


def _largest_flash_score(
    q: Array, k: Array, v: Array, *, scale: float | None = None, **_: bool
) -> float:
    scores = _flash_scores(q, k, scale)
    return max(1.0, float(np.abs(scores).max())) * max(1.0, float(np.abs(v).max()))


def _flash_scores(q: Array, k: Array, scale: float | None) -> Array:
    scale = 1 / np.sqrt(q.shape[-1]) if scale is None else scale
    return scale * (q @ np.swapaxes(k, -1, -2))


@oracle(magnitude=_largest_flash_score)
def exact_flash_attention(
    q: Array, k: Array, v: Array, causal: bool = False, scale: float | None = None
) -> Array:
    """Attention of each batch and head; causal aligns the last query with the last key."""
    scores = _flash_scores(q, k, scale)
    if causal:
        ahead = k.shape[-2] - q.shape[-2]
        scores = np.where(np.tri(*scores.shape[-2:], ahead, dtype=bool), scores, -np.inf)
    top = scores.max(axis=-1, keepdims=True)
    e = np.exp(scores - np.where(np.isfinite(top), top, 0))
    d = e.sum(axis=-1, keepdims=True)
    return e @ v / np.where(d == 0, 1, d)


@oracle
def exact_recipe(x: Array) -> Array:
    """The recipe without a shift, overflow included.

    It overflows as float64 does. So it is the answer for float16 and float32 as well, as
    long as each logit that is to overflow does so in all three, and each other in none.
    """
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


@oracle
def exact_total(x: Array, axis: int = -1) -> Array:
    """What softmax sums to along ``axis``."""
    return np.ones_like(x).mean(axis=axis)


@oracle
def exact_sum(numbers: Array) -> Array:
    """Sum of exp(number - largest number): the d of the pair (m, d)."""
    return np.exp(numbers - numbers.max()).sum()


@oracle
def exact_repeated_sum(base: Array, lifts: Array) -> Array:
    """The d of the same numbers again and again, each time lifted by another amount."""
    return np.exp(base - base.max()).sum() * np.exp(lifts - lifts.max()).sum()


def steps(rng: np.random.Generator, *shape: int, top: float = 0.0) -> Array:
    """Rows of logits from ``top`` down in steps of about 0.6, each row in an order of its own.

    With few classes each probability is far from the others, from 0 and from 1/K, so that
    no answer that ignores the logits can be right, however wide the tolerance.
    """
    ladder = np.broadcast_to(-0.6 * np.arange(shape[-1]), shape)
    return rng.permuted(ladder, axis=-1) + rng.uniform(-0.1, 0.1, shape) + top


@contextmanager
def asked(function: Any, exact: Callable[..., Expected]) -> Iterator[Callable[..., None]]:
    """Ask a student's function several questions at once, which costs little more than one.

    What is yielded takes the arguments and ``about``. At the end of the ``with`` the calls are
    made, and each answer must be near the exact one.
    """
    questions: list[tuple[tuple[Any, ...], dict[str, Any], str]] = []

    def ask(*args: Any, about: str, **options: Any) -> None:
        questions.append((args, options, about))

    yield ask
    answers = function.each(*[(args, options) for args, options, _ in questions])
    for got, (args, options, about) in zip(answers, questions, strict=True):
        expect_close(got, exact(*args, **options), about=about)


def expect_sums_to_one(got: Array, logits: Array, *, about: str) -> None:
    """Require of an answer of the right shape and type that each row sums to 1."""
    totals = got.sum(axis=-1, dtype=np.float64, keepdims=True).astype(got.dtype)
    expect_close(totals[..., 0], exact_total(logits), about=f"the sums of {about}")


def expect_zeros(got: Array, where: Array, *, about: str) -> None:
    """Require of an answer of the right shape and type that it is exactly 0 in places."""
    expect_equal(got[where], np.zeros(np.count_nonzero(where), got.dtype), about=about)


def expect_kept(after: object, before: Array) -> None:
    """Require that an argument is after the call what it was before."""
    expect(type(after) is np.ndarray, "The input is no array any more after the call.")
    expect_equal(np.asarray(after), before, about="the input after the call")


__all__ = [
    "asked",
    "exact_attention",
    "exact_cross_entropy",
    "exact_flash_attention",
    "exact_log_softmax",
    "exact_log_sum_exp",
    "exact_merged",
    "exact_recipe",
    "exact_repeated_sum",
    "exact_softmax",
    "exact_sum",
    "exact_total",
    "expect_kept",
    "expect_sums_to_one",
    "expect_zeros",
    "steps",
]
