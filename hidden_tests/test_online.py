"""Hidden tests of ``online_normalizer`` and ``softmax_online``."""

import math
from contextlib import contextmanager

import numpy as np
import pytest
from oracle import (
    asked,
    exact_repeated_sum,
    exact_softmax,
    exact_sum,
    expect_kept,
    expect_sums_to_one,
    expect_zeros,
    steps,
)

from autograder.expect import expect, expect_close, expect_equal


@contextmanager
def asked_normalizer(student):
    """Ask for (m, d) of several streams at once; each must be right."""
    questions = []
    yield lambda numbers, about: questions.append((numbers, about))
    pairs = student.online_normalizer.each(
        *[((student.stream(numbers),), {}) for numbers, _ in questions]
    )
    for (m, d), (numbers, about) in zip(pairs, questions, strict=True):
        expect_equal(m, float(numbers.max()), about=f"m of {about}")
        expect_close(d, exact_sum(numbers), about=f"d of {about}")


def expect_normalizer(student, numbers, about):
    """Require the right (m, d) of a stream with a finite maximum."""
    with asked_normalizer(student) as ask:
        ask(numbers, about)


# ------------------------------------------------------------------ online_normalizer
#
# The largest number is above 0 except where that is the question, so that starting at 0, the
# commonest mistake, costs the tests that tell of it and no others.


@pytest.mark.weight(4)
@pytest.mark.hint("Each number may raise the maximum. What must happen to d when it does?")
def test_short_streams(student, rng):
    """short streams in any order"""
    with asked_normalizer(student) as ask:
        for n in (3, 4, 9):
            numbers = steps(rng, n, top=2)
            numbers[numbers < -2] = 0  # zeros are numbers like any other
            ask(numbers, f"{n} numbers")


@pytest.mark.weight(3)
@pytest.mark.hint("A new maximum: what d holds so far is too large by the factor exp(new - old).")
def test_rising_stream(student, rng):
    """a rising stream"""
    with asked_normalizer(student) as ask:
        for step in (0.5, 0.01):
            numbers = step * np.arange(50) + rng.uniform(0, 1)
            ask(numbers, f"50 numbers, each {step} above the one before")


@pytest.mark.hint("The maximum came first: now d only grows, by exp(number - m) each time.")
def test_falling_stream(student, rng):
    """a falling stream"""
    with asked_normalizer(student) as ask:
        for step in (0.5, 0.01):
            numbers = -step * np.arange(50) + rng.uniform(1, 2)
            ask(numbers, f"50 numbers, each {step} below the one before")


@pytest.mark.hint("Equal numbers count exp(0) = 1 each, the first one included.")
def test_constant_stream(student, rng):
    """a constant stream, and one that ends otherwise"""
    numbers = np.full(37, rng.uniform(5, 50))
    expect_normalizer(student, numbers, "37 equal numbers")
    numbers[-1] += 2
    expect_normalizer(student, numbers, "36 equal numbers and a larger one")


@pytest.mark.hint("Of one number, the number itself is m, and d is exp(0).")
def test_one_and_two_numbers(student, rng):
    """one number, and two"""
    pair = rng.uniform(1, 3, 2)
    pair[1] += 6
    with asked_normalizer(student) as ask:
        for numbers in (pair[:1], pair, pair[::-1]):
            ask(numbers, f"{len(numbers)} numbers")


@pytest.mark.weight(2)
@pytest.mark.hint("Before the first number the maximum is -inf, not 0.")
def test_negative_numbers(student, rng):
    """nothing but negative numbers"""
    with asked_normalizer(student) as ask:
        for level in (-5, -800, -1e12):
            ask(steps(rng, 8, top=level), f"8 numbers near {level:g}")


@pytest.mark.weight(2)
@pytest.mark.hint(
    "Every exponent must be a number minus the maximum so far, so that it is 0 or less."
)
def test_large_numbers(student, rng):
    """numbers up to 10,000, with jumps of thousands"""
    expect_normalizer(student, steps(rng, 8, top=1e4), "8 numbers near 10,000")
    with asked_normalizer(student) as ask:
        for order in (slice(None), slice(None, None, -1)):
            numbers = np.concatenate([steps(rng, 5), steps(rng, 5, top=5000)])[order]
            ask(numbers, "5 numbers near 0 and 5 near 5,000, one after the other")


@pytest.mark.hint("Tiny numbers are numbers: d is nearly their count, but not exactly.")
def test_small_numbers(student, rng):
    """numbers from 1e-6 to 0.1"""
    with asked_normalizer(student) as ask:
        for magnitude in (1e-6, 1e-3, 0.1):
            numbers = magnitude * steps(rng, 7, top=2)
            ask(numbers, f"7 numbers of about {magnitude:g}")


@pytest.mark.hint("The order in which numbers come changes the way to (m, d), not where it ends.")
def test_order(student, rng):
    """the same numbers in another order give the same pair"""
    numbers = steps(rng, 12, top=2)
    with asked_normalizer(student) as ask:
        for _ in range(2):
            ask(rng.permutation(numbers), "12 numbers in some order")


@pytest.mark.weight(3)
@pytest.mark.hint("-inf - (-inf) is NaN. A number that adds nothing can be passed over.")
def test_minus_infinity(student, rng):
    """-inf at the start, inside and at the end"""
    with asked_normalizer(student) as ask:
        for places in ([0], [0, 1, 2], [4, 7]):
            numbers = steps(rng, 8, top=2)
            numbers[places] = -np.inf
            ask(numbers, f"8 numbers, {len(places)} of them -inf")


@pytest.mark.weight(3)
@pytest.mark.hint("Where nothing has been added yet, (m, d) is still what it was at the start.")
def test_nothing_to_add(student, rng):
    """an empty stream and one of nothing but -inf give (-inf, 0.0)"""
    expect_normalizer(student, steps(rng, 5), "5 numbers")
    for n in (0, 1, 4):
        m, d = student.online_normalizer(student.stream(np.full(n, -np.inf)))
        about = f"a stream of nothing but -inf, n = {n}" if n else "an empty stream"
        expect_equal(m, -math.inf, about=f"m of {about}")
        expect_equal(d, 0.0, about=f"d of {about}")


@pytest.mark.weight(2)
@pytest.mark.hint("An iterator is spent once it has been walked over: carry m and d along.")
def test_one_walk(student, rng):
    """walks over the stream once, to its end"""
    expect_normalizer(student, rng.normal(0, 3, 4999), "4,999 numbers")
    expect_normalizer(student, steps(rng, 5, top=2), "5 numbers in a new stream")


@pytest.mark.weight(4)
@pytest.mark.after("test_short_streams", "test_rising_stream", "test_falling_stream")
@pytest.mark.hint(
    "The stream does not fit into the memory, as a list or as an array. Two numbers do."
)
def test_long_stream(student, rng):
    """a stream larger than the memory allowed"""
    base, lifts = rng.uniform(-3, 3, 4096), rng.uniform(-3, 0, 66)
    stream = student.stream((base + lifts[:, None]).ravel())
    m, d = student.with_spare_memory(2).online_normalizer(stream)
    about = "270,336 numbers"
    expect_equal(m, float(base.max() + lifts.max()), about=f"m of {about}")
    expect_close(d, exact_repeated_sum(base, lifts), about=f"d of {about}")
    expect(stream.count == 270_336, f"The stream was not read to its end, for {about}.")


# ------------------------------------------------------------------ softmax_online


@pytest.mark.weight(3)
@pytest.mark.hint("One walk gives m and d; the answer is exp(x - m) / d.")
def test_vector(student, rng):
    """softmax of a vector"""
    with asked(student.softmax_online, exact_softmax) as ask:
        for k in (3, 6):
            logits = steps(rng, k, top=1)
            about = f"{k} logits between -3 and 2"
            ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("The answer has the type of the logits, also where you compute in a wider one.")
def test_float32(student, rng):
    """float32 logits"""
    with asked(student.softmax_online, exact_softmax) as ask:
        for k in (5, 11):
            logits = steps(rng, k, top=2).astype(np.float32)
            about = f"{k} float32 logits"
            ask(logits, about=about)


@pytest.mark.hint("The answer has the type of the logits, also where you compute in a wider one.")
def test_float16(student, rng):
    """float16 logits"""
    with asked(student.softmax_online, exact_softmax) as ask:
        for k, top in ((5, 2), (9, 9)):
            logits = steps(rng, k, top=top).astype(np.float16)
            about = f"{k} float16 logits, at most 10"
            ask(logits, about=about)


@pytest.mark.hint("Tiny logits give nearly, but not exactly, equal probabilities.")
def test_small_logits(student, rng):
    """logits from 1e-6 to 0.1"""
    with asked(student.softmax_online, exact_softmax) as ask:
        for magnitude in (1e-6, 1e-3, 0.1):
            logits = magnitude * steps(rng, 7, top=2)
            about = f"7 logits of about {magnitude:g}"
            ask(logits, about=about)


@pytest.mark.weight(4)
@pytest.mark.hint("m of the first walk, the true maximum, is subtracted before exp in the second.")
def test_large_logits(student, rng):
    """as stable as the stable softmax"""
    with asked(student.softmax_online, exact_softmax) as ask:
        for dtype in (np.float64, np.float32):
            for level in (-1000, 1e4, -1e12 if dtype == np.float64 else -1e4):
                logits = steps(rng, 6, top=level).astype(dtype)
                about = f"6 {logits.dtype} logits near {level:g}"
                ask(logits, about=about)


@pytest.mark.hint("Equal logits share equally, whatever their size.")
def test_mixed_and_identical(student, rng):
    """identical logits, and logits of all sizes"""
    with asked(student.softmax_online, exact_softmax) as ask:
        for logits in (
            steps(rng, 5),
            np.full(5, rng.uniform(900, 1000)),
            rng.permutation(np.append(steps(rng, 5, top=700), [-9e3, -50.0, 0.0])),
        ):
            about = f"{len(logits)} logits, identical or of all sizes"
            ask(logits, about=about)


@pytest.mark.hint("Nothing depends on how many classes there are; one class always gets 1.")
def test_sizes(student, rng):
    """from 1 class to 10,000"""
    with asked(student.softmax_online, exact_softmax) as ask:
        for k in (1, 2, 64, 1009, 10_000):
            logits = 2 * rng.standard_normal(k)
            about = f"{k:,} logits"
            ask(logits, about=about)


@pytest.mark.hint("What you divide by must be the sum of exactly what you divide.")
def test_sums_to_one(student, rng):
    """sums to one"""
    for dtype in (np.float64, np.float32):
        logits = steps(rng, 23, top=50).astype(dtype)
        about = f"23 {logits.dtype} logits"
        got = student.softmax_online(logits)
        expect_close(got, exact_softmax(logits), about=about)
        expect_sums_to_one(got, logits, about=about)


@pytest.mark.hint("Neither order nor a common shift of the logits matters to any of the answers.")
def test_shift_and_permutation(student, rng):
    """shifted logits give the same answer, reordered ones the reordered answer"""
    # Multiples of 1/64, so that a shifted logit is exact as well.
    logits = np.round(steps(rng, 6) * 64) / 64
    with asked(student.softmax_online, exact_softmax) as ask:
        for shift, order in (
            (0, np.arange(6)),
            (-512, rng.permutation(6)),
            (8192, np.arange(6)[::-1]),
        ):
            moved = np.ascontiguousarray(logits[order]) + shift
            about = f"6 logits, reordered and shifted by {shift}"
            ask(moved, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "Masked logits add nothing to d and get exp(-inf) = 0; if all are masked, 0/0 is NaN."
)
def test_masked(student, rng):
    """-inf gets exactly 0, and nothing but -inf gives NaN"""
    for places in ([0], [2, 5, 7], list(range(8))):
        logits = steps(rng, 8)
        logits[places] = -np.inf
        about = f"8 logits, {len(places)} of them -inf"
        got = student.softmax_online(logits)
        expect_close(got, exact_softmax(logits), about=about)
        if len(places) < 8:
            expect_zeros(got, logits == -np.inf, about="the places of the -inf")


@pytest.mark.hint("A NaN among the logits reaches d by itself, and with d every answer.")
def test_nan(student, rng):
    """a NaN makes the row NaN"""
    logits = steps(rng, 6)
    expect_close(student.softmax_online(logits), exact_softmax(logits), about="6 logits")
    logits[3] = np.nan
    about = "6 logits with a NaN"
    expect_close(student.softmax_online(logits), exact_softmax(logits), about=about)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "Whole numbers are treated as float64; how an array lies in memory does not matter."
)
def test_integers_and_layouts(student, rng):
    """integer, strided and reversed logits"""
    whole = rng.permutation(np.arange(997, 1003))
    logits = steps(rng, 12)
    with asked(student.softmax_online, exact_softmax) as ask:
        for x, name in (
            (whole.astype(np.int32), "6 int32 logits"),
            (whole.astype(np.int64), "6 int64 logits"),
            (logits[1::2], "a strided array"),
            (logits[::-1], "a reversed array"),
        ):
            ask(x, about=name)


@pytest.mark.weight(2)
@pytest.mark.hint("Write only into arrays that you made.")
def test_input_kept(student, rng):
    """leaves its input as it was, and accepts a read-only one"""
    for dtype in (np.float64, np.float32):
        logits = steps(rng, 7).astype(dtype)
        got, (after,) = student.softmax_online.with_inputs(logits)
        expect_close(got, exact_softmax(logits), about=f"7 {logits.dtype} logits")
        expect_kept(after, logits)
    logits.flags.writeable = False
    about = "7 read-only logits"
    expect_close(student.softmax_online(logits), exact_softmax(logits), about=about)
