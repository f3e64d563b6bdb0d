"""Hidden tests of ``merge`` and ``softmax_chunked``."""

import math

import numpy as np
import pytest
from oracle import (
    exact_merged,
    exact_softmax,
    expect_kept,
    expect_sums_to_one,
    expect_zeros,
    steps,
)

from autograder.expect import expect_close, expect_equal

NOTHING = (-math.inf, 0.0)


def expect_pair(got, pairs, about):
    """Require the (m, d) of several pairs together."""
    something = [pair for pair in pairs if pair[1]]
    m, d = np.array(something).T
    expect_equal(got[0], float(m.max()), about=f"m of {about}")
    expect_close(got[1], exact_merged(m, d), about=f"d of {about}")


def expect_merged(student, *pairs):
    """Require what becomes of each two pairs, given with what they are."""
    merged = student.merge.each(*[((a, b), {}) for a, b, _ in pairs])
    for got, (a, b, about) in zip(merged, pairs, strict=True):
        expect_pair(got, [a, b], about)


def expect_chunked(student, *questions):
    """Require the softmax of each of some logits in so many chunks; gives the answers."""
    answers = student.softmax_chunked.each(*[((x, n), {}) for x, n in questions])
    for got, (logits, n_chunks) in zip(answers, questions, strict=True):
        about = f"K = {len(logits):,} {logits.dtype} logits, n_chunks = {n_chunks}"
        expect_close(got, exact_softmax(logits), about=about)
    return answers


def some_pair(rng, m):
    return float(m), float(rng.uniform(1, 9))


# ------------------------------------------------------------------ merge


@pytest.mark.weight(4)
@pytest.mark.hint("Bring both sums to the larger maximum: d times exp(own m - larger m). Then add.")
def test_two_pairs(student, rng):
    """the larger maximum on either side, or on both"""
    maxima = ((1.5, 3), (3, 1.5), (2, 2), (2, 2 + 1e-8))
    pairs = [(some_pair(rng, m_a), some_pair(rng, m_b)) for m_a, m_b in maxima]
    expect_merged(student, *[(a, b, "two pairs with m between 1 and 3") for a, b in pairs])


@pytest.mark.weight(2)
@pytest.mark.hint("Neither 0 nor the size of a number without its sign has a part in a maximum.")
def test_negative_maxima(student, rng):
    """negative maxima, and one of 0"""
    expect_merged(
        student,
        *[
            (some_pair(rng, m_a), some_pair(rng, m_b), f"two pairs with m of {m_a} and {m_b}")
            for m_a, m_b in ((-1, -2), (-3, -1), (-3, 0), (0, -1))
        ],
    )


@pytest.mark.weight(2)
@pytest.mark.hint("Subtract before exp: exp(m_b - m), where the exponent is 0 or less.")
def test_far_apart(student, rng):
    """maxima far from 0 and from each other"""
    expect_merged(
        student,
        *[
            (some_pair(rng, m_a), some_pair(rng, m_b), f"two pairs with m of {m_a:g} and {m_b:g}")
            for m_a, m_b in ((5000, 5001), (-5001, -5000), (-5000, 5000), (-3e12, -2e12))
        ],
        ((0.0, 1e9), (1000.0, 1.0), "a sum of 1e9 at 0 and one of 1 at 1,000"),
        ((31.0, 1.0), (0.0, 1e15), "a sum of 1 at 31 and one of 1e15 at 0"),
    )


@pytest.mark.weight(3)
@pytest.mark.hint("-inf - (-inf) is NaN: a pair of nothing has to be seen to first.")
def test_identity(student, rng):
    """merging with (-inf, 0.0) changes nothing, and two of them make another"""
    pair = some_pair(rng, -3)
    expect_merged(
        student,
        (pair, some_pair(rng, 2), "two pairs with m of -3 and 2"),
        (pair, NOTHING, "a pair and (-inf, 0.0)"),
        (NOTHING, pair, "(-inf, 0.0) and a pair"),
    )
    m, d = student.merge(NOTHING, NOTHING)
    expect_equal(m, -math.inf, about="m of (-inf, 0.0) with itself")
    expect_equal(d, 0.0, about="d of (-inf, 0.0) with itself")


@pytest.mark.weight(2)
@pytest.mark.hint("What is done for a must be done for b.")
def test_commutative(student, rng):
    """a with b is b with a"""
    a, b = some_pair(rng, rng.uniform(-9, -1)), some_pair(rng, rng.uniform(1, 9))
    other_way = "the same pairs the other way round"
    expect_merged(student, (a, b, "two pairs"), (b, a, other_way))


@pytest.mark.weight(3)
@pytest.mark.hint("What merge gives must be a pair like those it takes, fit to be merged again.")
def test_associative(student, rng):
    """any tree of merges gives the same pair, empty leaves and all"""
    pairs = [some_pair(rng, m) for m in rng.uniform(-6, 6, 5)] + [NOTHING]
    for _ in range(3):
        forest = [pairs[i] for i in rng.permutation(len(pairs))]
        while len(forest) > 1:
            at = rng.integers(len(forest) - 1)
            forest[at : at + 2] = [student.merge(*forest[at : at + 2])]
        expect_pair(forest[0], pairs, "6 pairs, merged along a random tree")


# ------------------------------------------------------------------ softmax_chunked


@pytest.mark.weight(3)
@pytest.mark.hint("Each chunk to its (m, d), all of them merged, then exp(x - m) / d for all of x.")
def test_chunked(student, rng):
    """softmax in 1, 2, 3 and 6 chunks of 6 logits"""
    expect_chunked(student, *[(steps(rng, 6, top=1), n) for n in (1, 2, 3, 6)])


@pytest.mark.weight(4)
@pytest.mark.hint("Seven do not split evenly into three: numpy.array_split deals out what is left.")
def test_chunks_that_do_not_divide(student, rng):
    """chunk counts that do not divide the number of logits"""
    sizes = ((7, 2), (7, 3), (7, 4), (10, 4), (9, 8))
    expect_chunked(student, *[(steps(rng, k, top=1), n) for k, n in sizes])


@pytest.mark.weight(3)
@pytest.mark.hint("An empty chunk is (-inf, 0.0), and NumPy has no maximum of nothing.")
def test_more_chunks_than_logits(student, rng):
    """more chunks than logits"""
    sizes = ((3, 5, 1), (5, 6, -1e12), (1, 2, -3), (4, 40, 0))
    expect_chunked(student, *[(steps(rng, k, top=top), n) for k, n, top in sizes])


@pytest.mark.weight(3)
@pytest.mark.hint("All answers are relative to the one maximum of all chunks, wherever it lay.")
def test_large_logits(student, rng):
    """as stable as the stable softmax, whichever chunk holds the maximum"""
    questions = [(steps(rng, 6, top=9e3), 2), (steps(rng, 6, top=-1e12), 2)]
    for place in range(3):
        logits = steps(rng, 9, top=-1e3)
        logits[3 * place : 3 * place + 3] += [1e3, 1e4, 1e4]
        questions.append((logits, 3))
    expect_chunked(student, *questions)


@pytest.mark.weight(3)
@pytest.mark.hint("A chunk of nothing but -inf is (-inf, 0.0), like an empty one.")
def test_masked(student, rng):
    """-inf gets exactly 0, also a whole chunk of it; nothing but -inf gives NaN"""
    questions = []
    for places in ([0, 5], [0, 1, 2], [3, 4, 5, 6, 7, 8], list(range(9))):
        logits = steps(rng, 9)
        logits[places] = -np.inf
        questions.append((logits, 3))
    answers = expect_chunked(student, *questions)
    for got, (logits, _) in zip(answers[:-1], questions[:-1], strict=True):
        expect_zeros(got, logits == -np.inf, about="the places of the -inf")


@pytest.mark.weight(3)
@pytest.mark.hint(
    "The answer has the type of the logits. Whole numbers are treated as float64, and know no -inf."
)
def test_types(student, rng):
    """float32, float16 and integer logits"""
    whole = rng.permutation(np.arange(-3, 3))
    expect_chunked(
        student,
        *[
            (steps(rng, 8, top=top).astype(dtype), 4)
            for dtype, top in ((np.float32, 2), (np.float32, 900), (np.float16, 2), (np.float16, 9))
        ],
        (whole.astype(np.int32), 3),
        (whole.astype(np.int64), 3),
    )


@pytest.mark.hint("Equal logits share equally, however many chunks they lie in; none may be lost.")
def test_sizes(student, rng):
    """from 1 logit to 10,000, in up to 500 chunks, each answer summing to one"""
    sizes = ((1, 1), (2, 2), (64, 8), (1000, 500), (10_000, 40))
    questions = [(2 * rng.standard_normal(k), n) for k, n in sizes]
    questions.append((np.append(np.full(5, rng.uniform(900, 1000)), 901.0), 3))
    for got, (logits, n) in zip(expect_chunked(student, *questions), questions, strict=True):
        expect_sums_to_one(got, logits, about=f"K = {len(logits):,} logits, n_chunks = {n}")


@pytest.mark.weight(2)
@pytest.mark.hint("A chunk of an array is a view: writing into it writes into the caller's array.")
def test_input_kept(student, rng):
    """leaves its input as it was; strided and read-only ones are fine"""
    logits = steps(rng, 6)
    logits[4] = -np.inf
    got, (after, _) = student.softmax_chunked.with_inputs(logits, 3)
    expect_close(got, exact_softmax(logits), about="6 logits in 3 chunks")
    expect_kept(after, logits)
    logits.flags.writeable = False
    expect_chunked(student, (logits, 2), (steps(rng, 12)[::-2], 3), (steps(rng, 12)[1::3], 2))
