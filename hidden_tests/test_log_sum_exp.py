"""Hidden tests of ``log_sum_exp`` and ``log_softmax``.

With steps of 0.6 between the logits, log-sum-exp is about 0.8 above the largest, whatever K:
far from the maximum and from log K beyond it. float32 and float16 have tests of their own, so
that an answer of the wrong type costs these and no others.
"""

import numpy as np
import pytest
from oracle import (
    asked,
    exact_log_softmax,
    exact_log_sum_exp,
    expect_kept,
    expect_sums_to_one,
    steps,
)

from autograder.expect import expect_close, expect_raises


def asked_lse(student):
    return asked(student.log_sum_exp, exact_log_sum_exp)


def asked_log_softmax(student):
    return asked(student.log_softmax, exact_log_softmax)


# ------------------------------------------------------------------ log_sum_exp


@pytest.mark.weight(3)
@pytest.mark.hint("The logarithm of the sum of the exponentials. For a vector it is one number.")
def test_vector(student, rng):
    """log-sum-exp of a vector"""
    with asked_lse(student) as ask:
        for k in (3, 6):
            ask(steps(rng, k, top=1), about=f"{k} logits between -3 and 2")


@pytest.mark.weight(4)
@pytest.mark.hint("Take out the largest logit as a factor: log(e^c * sum) is c + log(sum).")
def test_large_logits(student, rng):
    """logits of thousands and more, above and below 0"""
    with asked_lse(student) as ask:
        for level in (800, 1e4, -800, -1e12):
            ask(steps(rng, 2, 6, top=level), about=f"2 rows of 6 logits near {level:g}")
        whole = rng.permuted(np.broadcast_to(np.arange(1 << 24, (1 << 24) + 6), (2, 6)), axis=1)
        ask(whole.astype(np.int32), about="2 rows of 6 int32 logits near 2^24")


@pytest.mark.weight(2)
@pytest.mark.hint("Only the maximum makes every exponent 0 or less; no other logit, no mean does.")
def test_mixed_logits(student, rng):
    """logits of all sizes in one row"""
    logits = np.concatenate([steps(rng, 3, 5), np.full((3, 4), -9e3)], axis=1)
    logits[1] += 1e3
    with asked_lse(student) as ask:
        ask(rng.permuted(logits, axis=1), about="3 rows of 9 logits between -9,000 and 1,000")


@pytest.mark.weight(2)
@pytest.mark.hint("Equal logits each count, and so do small exponentials when there are many.")
def test_equal_and_many(student, rng):
    """equal logits, and a thousand that are small together"""
    logits = steps(rng, 4, 8)
    logits[1:3] = [[rng.uniform(-3, 3)], [0]]
    small = rng.uniform(-28, -27, (2, 1009))
    small[:, rng.integers(1009)] = 0
    with asked_lse(student) as ask:
        ask(logits, about="4 rows of 8 logits, two of the rows constant")
        ask(small, about="2 rows of 1,009 logits, all but one near -27")


@pytest.mark.weight(3)
@pytest.mark.hint("float32 in, float32 out, and its exp overflows at 89. float16 in, float16 out.")
def test_types(student, rng):
    """float32 and float16 logits"""
    with asked_lse(student) as ask:
        for dtype, tops in ((np.float32, (2, 1000, -1e4)), (np.float16, (2, 9))):
            for top in tops:
                logits = steps(rng, 3, 9, top=top).astype(dtype)
                ask(logits, about=f"3 rows of 9 {logits.dtype} logits near {top:g}")


@pytest.mark.weight(2)
@pytest.mark.hint("The axis disappears from the shape, and only that one.")
def test_axes(student, rng):
    """any axis, the last by default"""
    with asked_lse(student) as ask:
        for shape, axes in (((5, 5), (0, 1)), ((3, 1, 4), (0, -1)), ((2, 3, 4, 2), (-2, -4))):
            logits = steps(rng, *shape)
            ask(logits, about=f"logits of shape {shape}, no axis given")
            for axis in axes:
                ask(logits, about=f"logits of shape {shape}, axis={axis}", axis=axis)


@pytest.mark.weight(3)
@pytest.mark.hint("Each slice has its own maximum: axis=axis, keepdims=True.")
def test_row_maximum(student, rng):
    """each row uses its own maximum"""
    levels = rng.permutation([-1800.0, -900.0, 0.0, 900.0])
    with asked_lse(student) as ask:
        ask(steps(rng, 4, 6) + levels[:, None], about="4 rows of 6 logits on levels of their own")


@pytest.mark.weight(3)
@pytest.mark.hint("Where the maximum is -inf, subtract something else: -inf - (-inf) is NaN.")
def test_minus_infinity(student, rng):
    """-inf adds nothing, and nothing but -inf gives -inf"""
    logits = steps(rng, 4, 6)
    logits[0, [0, 3]] = logits[1, 1:] = logits[2] = -np.inf
    with asked_lse(student) as ask:
        ask(logits, about="4 rows of 6 logits, one row of nothing but -inf")


@pytest.mark.weight(3)
@pytest.mark.hint("Where the maximum is +inf, subtract something else: inf - inf is NaN.")
def test_plus_infinity(student, rng):
    """+inf gives +inf, a NaN gives NaN, each in its own row"""
    logits = steps(rng, 6, 5)
    logits[0, 2] = logits[1, [0, 4]] = logits[2, 1] = logits[3, 3] = np.inf
    logits[2, 0] = -np.inf
    logits[3, 0] = logits[4, rng.integers(5)] = np.nan
    with asked_lse(student) as ask:
        ask(logits, about="6 rows of 5 logits, some with +inf, some with NaN")


@pytest.mark.weight(2)
@pytest.mark.hint("NumPy's maximum of nothing raises ValueError by itself; its sum does not.")
def test_nothing_along_axis(student, rng):
    """nothing along the axis is a ValueError"""
    with asked_lse(student) as ask:
        ask(steps(rng, 2, 3), about="2 rows of 3 logits")
    for shape, axis in (((0,), -1), ((2, 0), -1), ((0, 3), 0)):
        expect_raises(
            ValueError,
            lambda s=shape, a=axis: student.log_sum_exp(np.zeros(s), axis=a),
            about=f"an array of shape {shape}, axis={axis}",
        )


# ------------------------------------------------------------------ log_softmax


@pytest.mark.weight(3)
@pytest.mark.hint("The logarithm of a quotient is a difference: the logit minus log-sum-exp.")
def test_log_softmax(student, rng):
    """log-softmax of vectors and rows"""
    with asked_log_softmax(student) as ask:
        for shape in ((3,), (6,), (4, 5)):
            ask(steps(rng, *shape, top=1), about=f"logits of shape {shape}")


@pytest.mark.weight(3)
@pytest.mark.hint("The answer has the type of the logits, also where you compute in a wider one.")
def test_log_softmax_types(student, rng):
    """log-softmax of float32 and float16 logits"""
    with asked_log_softmax(student) as ask:
        for dtype, shape in ((np.float32, (7,)), (np.float32, (3, 9)), (np.float16, (3, 9))):
            logits = steps(rng, *shape, top=5).astype(dtype)
            ask(logits, about=f"{logits.dtype} logits of shape {shape}")
        logits = steps(rng, 2, 6)
        logits[:, :3] -= 1e4
        ask(logits.astype(np.float32), about="2 rows of 6 float32 logits, half of them near -1e4")
        behind = np.array([[0, -102], [-103, 0]], np.float32)
        ask(behind, about="2 rows of 2 float32 logits, a hundred apart")


@pytest.mark.weight(5)
@pytest.mark.hint("A probability can be too small for the type, and its logarithm an easy number.")
def test_log_softmax_of_tiny_probabilities(student, rng):
    """right where the logarithm of the softmax would be -inf"""
    with asked_log_softmax(student) as ask:
        # At 743 a probability is not yet 0, and has lost nearly all its digits.
        for gap in (30, 743, 1e3, 3e4):
            logits = steps(rng, 2, 6)
            logits[:, :3] -= gap
            logits = rng.permuted(logits + rng.choice([-gap, 0, gap]), axis=1)
            ask(logits, about=f"2 rows of 6 logits, half of them {gap:g} below the others")


@pytest.mark.weight(2)
@pytest.mark.hint("Both the maximum and the sum go along `axis`, and keep its place.")
def test_log_softmax_axes(student, rng):
    """log-softmax along any axis, each slice with its own maximum"""
    with asked_log_softmax(student) as ask:
        logits = steps(rng, 4, 4) + 900 * rng.permutation(4)[:, None]
        ask(logits, about="4 rows of 4 logits on levels of their own")
        for shape, axes in (((4, 4), (0, -1)), ((2, 3, 4), (0, 1, -2)), ((2, 3, 2, 4), (-3,))):
            logits = steps(rng, *shape)
            for axis in axes:
                ask(logits, about=f"logits of shape {shape}, axis={axis}", axis=axis)


@pytest.mark.weight(2)
@pytest.mark.hint("-inf minus a number is -inf, as it should be; only -inf - (-inf) is NaN.")
def test_log_softmax_infinities(student, rng):
    """-inf gives -inf; a row of nothing but -inf, or with NaN, is NaN"""
    logits = steps(rng, 4, 6)
    logits[0, [1, 4]] = logits[1] = -np.inf
    logits[2, rng.integers(6)] = np.nan
    with asked_log_softmax(student) as ask:
        ask(logits, about="4 rows of 6 logits, some -inf, one NaN")


@pytest.mark.hint("exp of the answer is the softmax: each row of it sums to 1.")
def test_log_softmax_sums_to_one(student, rng):
    """the exponentials of a row sum to one"""
    logits = steps(rng, 3, 64, top=20) / 8
    got = student.log_softmax(logits)
    expect_close(got, exact_log_softmax(logits), about="3 rows of 64 logits")
    expect_sums_to_one(np.exp(got), logits, about="the exponentials of 3 rows of 64")


# ------------------------------------------------------------------ arrays of all kinds


@pytest.mark.weight(2)
@pytest.mark.hint("Whole numbers are treated as float64, and so is the answer.")
def test_integers(student, rng):
    """integer logits, for both functions"""
    whole = rng.permuted(np.broadcast_to(np.arange(-3, 3), (2, 6)), axis=1)
    for asking in (asked_lse, asked_log_softmax):
        with asking(student) as ask:
            for dtype in (np.int32, np.int64):
                ask(whole.astype(dtype), about=f"2 rows of 6 {np.dtype(dtype).name} logits")


@pytest.mark.weight(2)
@pytest.mark.hint("Write only into arrays that you made; how an array lies in memory is no matter.")
def test_inputs_kept(student, rng):
    """both functions leave their input as it was; read-only and strided ones are fine"""
    logits = steps(rng, 3, 7)
    masked = steps(rng, 3, 7)
    masked[1, [0, 3]] = masked[2] = -np.inf
    for function, exact in (
        (student.log_sum_exp, exact_log_sum_exp),
        (student.log_softmax, exact_log_softmax),
    ):
        got, (after,) = function.with_inputs(logits)
        expect_close(got, exact(logits), about="3 rows of 7 logits")
        expect_kept(after, logits)
        # What becomes of a masked row is asked elsewhere.
        _, (after,) = function.with_inputs(masked)
        expect_kept(after, masked)
    read_only = steps(rng, 3, 7)
    read_only.flags.writeable = False
    for asking in (asked_lse, asked_log_softmax):
        with asking(student) as ask:
            ask(read_only, about="3 rows of 7 read-only logits")
            ask(steps(rng, 12)[::3], about="a strided vector")
            ask(steps(rng, 6, 10)[::2, 1::3], about="a strided array")
            ask(steps(rng, 4, 9)[::-1, ::-1], about="a reversed array")
            ask(np.asfortranarray(steps(rng, 3, 5)), about="a Fortran-ordered array")
