"""Hidden tests of ``softmax_stable``."""

import numpy as np
import pytest
from oracle import asked, exact_softmax, expect_kept, expect_sums_to_one, expect_zeros, steps

from autograder.expect import expect_close, expect_raises


@pytest.mark.weight(2)
@pytest.mark.hint("Subtract the row's maximum, exponentiate, divide by the sum.")
def test_vector(student, rng):
    """one row of logits"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for k in (3, 6):
            logits = steps(rng, k, top=1)
            about = f"{k} logits between -3 and 2"
            ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("float32 in, float32 out, with float32's accuracy.")
def test_float32(student, rng):
    """float32 logits"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for shape in ((5,), (3, 11)):
            logits = steps(rng, *shape, top=2).astype(np.float32)
            about = f"float32 logits of shape {shape}"
            ask(logits, about=about)


@pytest.mark.hint("float16 in, float16 out. NumPy's exp keeps the type; a float64 factor does not.")
def test_float16(student, rng):
    """float16 logits"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for shape, top in (((5,), 2), ((3, 9), 9)):
            logits = steps(rng, *shape, top=top).astype(np.float16)
            about = f"float16 logits of shape {shape}, at most 10"
            ask(logits, about=about)
        # Here no class is so small that it could be left out.
        logits = rng.uniform(-1, 1, (2, 4)).astype(np.float16)
        ask(logits, about="2 rows of 4 float16 logits between -1 and 1")


@pytest.mark.hint("Tiny logits give nearly, but not exactly, equal probabilities.")
def test_small_logits(student, rng):
    """logits from 1e-6 to 0.1"""
    logits = np.array([[1e-6], [1e-3], [0.1]]) * steps(rng, 3, 7, top=2)
    about = "3 rows of 7 logits, of about 1e-6, 1e-3 and 0.1"
    expect_close(student.softmax_stable(logits), exact_softmax(logits), about=about)


@pytest.mark.weight(4)
@pytest.mark.hint("What can you subtract from every logit without changing the answer?")
def test_large_logits(student, rng):
    """stays finite for logits up to 10,000"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for dtype in (np.float64, np.float32):
            for level in (800, 1e4):
                logits = steps(rng, 2, 6, top=level).astype(dtype)
                about = f"2 rows of 6 {logits.dtype} logits near {level:g}"
                ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("With the largest logit shifted to 0, the sum holds at least one exp(0) = 1.")
def test_very_negative_logits(student, rng):
    """does not divide 0 by 0 for very negative logits"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for dtype in (np.float64, np.float32):
            for level in (-800, -1e12 if dtype == np.float64 else -1e4):
                logits = steps(rng, 2, 6, top=level).astype(dtype)
                about = f"2 rows of 6 {logits.dtype} logits near {level:g}"
                ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "Only the maximum makes every exponent 0 or less; the mean or a fixed bound does not."
)
def test_mixed_logits(student, rng):
    """logits of all sizes in one row"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for dtype in (np.float64, np.float32):
            logits = np.concatenate([steps(rng, 3, 5), np.full((3, 4), -9e3)], axis=1)
            logits[1] += 1e3
            logits = rng.permuted(logits, axis=1).astype(dtype)
            about = f"3 rows of 9 {logits.dtype} logits between -9,000 and 1,000"
            ask(logits, about=about)


@pytest.mark.hint("Equal logits share equally, whatever their size.")
def test_identical(student, rng):
    """identical logits share equally, beside rows that do not"""
    logits = steps(rng, 5, 5)
    logits[[0, 2, 3]] = [[rng.uniform(-3, 3)], [rng.uniform(900, 1000)], [0]]
    about = "5 rows of 5 logits, three of the rows constant"
    expect_close(student.softmax_stable(logits), exact_softmax(logits), about=about)


@pytest.mark.hint("Nothing depends on how many classes there are; one class always gets 1.")
def test_sizes(student, rng):
    """from 1 class to 1,009"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for k in (1, 2, 13, 64, 1009):
            logits = 2 * rng.standard_normal((2, k))
            about = f"2 rows of {k} logits"
            ask(logits, about=about)


@pytest.mark.hint("Whole-array operations of NumPy stay fast and accurate at this size.")
def test_many_classes(student, rng):
    """100,000 classes"""
    logits = rng.random(100_000) - 3
    logits[rng.integers([0, 30_000, 60_000], [30_000, 60_000, 100_000])] = [9.0, 9.5, 10.0]
    about = "100,000 logits"
    expect_close(student.softmax_stable(logits), exact_softmax(logits), about=about)


@pytest.mark.hint("What you divide by must be the sum of exactly what you divide.")
def test_sums_to_one(student, rng):
    """each row sums to one"""
    for dtype in (np.float64, np.float32):
        logits = steps(rng, 4, 23, top=50).astype(dtype)
        about = f"4 rows of 23 {logits.dtype} logits"
        got = student.softmax_stable(logits)
        expect_close(got, exact_softmax(logits), about=about)
        expect_sums_to_one(got, logits, about=about)


@pytest.mark.hint(
    "Adding one number to all logits multiplies all exponentials, and the sum, alike."
)
def test_shift(student, rng):
    """adding one number to every logit changes nothing"""
    # Multiples of 1/64, so that a shifted logit is exact as well.
    logits = np.round(steps(rng, 3, 6) * 64) / 64
    with asked(student.softmax_stable, exact_softmax) as ask:
        for shift in (0, -512, 8192):
            about = f"3 rows of 6 logits, shifted by {shift}"
            moved = logits + shift
            ask(moved, about=about)


@pytest.mark.hint("The order of the logits must not matter: each answer belongs to its logit.")
def test_permutation(student, rng):
    """reordered logits give the reordered answer"""
    logits = steps(rng, 9, top=20)
    with asked(student.softmax_stable, exact_softmax) as ask:
        for order in (np.arange(9), rng.permutation(9)):
            moved = np.ascontiguousarray(logits[order])
            ask(moved, about="9 logits in some order")


# ------------------------------------------------------------------ batches and axes


@pytest.mark.weight(2)
@pytest.mark.hint("axis=-1 unless told otherwise: reduce along the last axis with keepdims=True.")
def test_rows(student, rng):
    """works along the last axis by default"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for shape in ((5, 5), (2, 3, 4), (3, 2, 4, 5)):
            logits = steps(rng, *shape)
            about = f"logits of shape {shape}, no axis given"
            ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("Both the maximum and the sum go along `axis`.")
def test_columns(student, rng):
    """works along axis 0 of a matrix"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for shape in ((4, 4), (5, 3)):
            logits = steps(rng, *shape[::-1]).T.copy()
            about = f"logits of shape {shape}, axis=0"
            ask(logits, axis=0, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "keepdims=True keeps the reduced axis, so that the shapes fit whatever the axis is."
)
def test_every_axis(student, rng):
    """any axis of arrays of one to four dimensions, counted from either end"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for shape, axes in (
            ((5,), (0,)),
            ((3, 3, 3), (0, 1, 2)),
            ((2, 3, 4, 5), (0, 1, -2, -3, -4)),
        ):
            logits = 2 * rng.standard_normal(shape)
            for axis in axes:
                about = f"logits of shape {shape}, axis={axis}"
                ask(logits, axis=axis, about=about)


@pytest.mark.weight(5)
@pytest.mark.hint("One maximum for the whole array is right for one of its rows at most.")
def test_row_maximum(student, rng):
    """each row uses its own maximum"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for dtype in (np.float64, np.float32):
            levels = rng.permutation([-1800.0, -900.0, 0.0, 900.0])
            logits = (steps(rng, 4, 6) + levels[:, None]).astype(dtype)
            about = f"4 rows of 6 {logits.dtype} logits on levels of their own"
            ask(logits, about=about)


@pytest.mark.weight(3)
@pytest.mark.hint(
    "The maximum belongs to one slice along `axis`, not to the array and not to a row."
)
def test_slice_maximum(student, rng):
    """each slice along the axis uses its own maximum"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for axis in (0, 1):
            logits = np.moveaxis(steps(rng, 4, 3, 6), -1, axis).copy()
            levels = rng.permuted(np.linspace(-5000, 5000, 12)).reshape(4, 3)
            logits += np.expand_dims(levels, axis)
            about = f"logits of shape {logits.shape}, axis={axis}, each slice on a level of its own"
            ask(logits, axis=axis, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("There is no maximum of nothing. NumPy's max says so; an `initial` hushes it up.")
def test_nothing_along_axis(student, rng):
    """raises ValueError where there is nothing along the axis"""
    logits = steps(rng, 3, 5)
    about = "3 rows of 5 logits"
    expect_close(student.softmax_stable(logits), exact_softmax(logits), about=about)
    for shape, axis in (((0,), -1), ((3, 0), -1), ((0, 3), 0)):
        empty = np.zeros(shape)
        expect_raises(
            ValueError,
            lambda empty=empty, axis=axis: student.softmax_stable(empty, axis=axis),
            about=f"shape {shape} and axis={axis}",
        )


# ------------------------------------------------------------------ infinities and NaN


@pytest.mark.weight(2)
@pytest.mark.hint("exp(-inf) is 0 as it stands: nothing to add, nothing to replace.")
def test_masked(student, rng):
    """masked logits (-inf) get exactly 0"""
    for dtype in (np.float64, np.float32, np.float16):
        logits = steps(rng, 3, 8, top=3).astype(dtype)
        logits[0, 2] = logits[1, 0] = -np.inf
        logits[2, 3:] = -np.inf
        about = f"3 rows of 8 {logits.dtype} logits, some of them -inf"
        got = student.softmax_stable(logits)
        expect_close(got, exact_softmax(logits), about=about)
        expect_zeros(got, logits == -np.inf, about="the places of the -inf")


@pytest.mark.weight(3)
@pytest.mark.hint("Nothing to choose from has no distribution: -inf - (-inf) is NaN, and stays so.")
def test_all_masked_row(student, rng):
    """a row of nothing but -inf is NaN, and the others are right"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for dtype in (np.float64, np.float32):
            logits = steps(rng, 4, 6).astype(dtype)
            logits[rng.integers(4)] = -np.inf
            about = f"4 rows of 6 {logits.dtype} logits, one row all -inf"
            ask(logits, about=about)


@pytest.mark.hint("With +inf as the maximum, inf - inf is NaN, and so is the sum of its row.")
def test_infinite_logit(student, rng):
    """a row with +inf in it is NaN, and the others are right"""
    logits = steps(rng, 4, 6)
    logits[rng.integers(4), rng.integers(6)] = np.inf
    about = "4 rows of 6 logits with one +inf"
    expect_close(student.softmax_stable(logits), exact_softmax(logits), about=about)


@pytest.mark.hint("A NaN spoils the maximum and sum of its own row; no other row may use them.")
def test_nan_row(student, rng):
    """a NaN makes its own row NaN and no other"""
    logits = steps(rng, 4, 6)
    logits[rng.integers(4), rng.integers(6)] = np.nan
    about = "4 rows of 6 logits with one NaN"
    expect_close(student.softmax_stable(logits), exact_softmax(logits), about=about)


# ------------------------------------------------------------------ arrays of all kinds


@pytest.mark.weight(2)
@pytest.mark.hint("The answer has the type of the logits, also where you compute in a wider one.")
def test_type_kept(student, rng):
    """keeps float16, float32 and float64 along any axis"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for dtype in (np.float16, np.float32, np.float64):
            logits = steps(rng, 6, 6, top=8).astype(dtype)
            about = f"6 by 6 {logits.dtype} logits, axis=0"
            ask(logits, axis=0, about=about)


@pytest.mark.hint(
    "Whole numbers are treated as float64, and so is the answer: no probability is whole."
)
def test_integers(student, rng):
    """integer logits"""
    with asked(student.softmax_stable, exact_softmax) as ask:
        for dtype in (np.int32, np.int64):
            logits = rng.permuted(np.broadcast_to(np.arange(997, 1003), (2, 6)), axis=1).astype(
                dtype
            )
            about = f"2 rows of 6 {logits.dtype} logits"
            ask(logits, about=about)


@pytest.mark.hint("How an array lies in memory is NumPy's business: index and reduce by axis.")
def test_layouts(student, rng):
    """Fortran-ordered, strided and reversed arrays"""
    logits = steps(rng, 6, 10, top=100)
    with asked(student.softmax_stable, exact_softmax) as ask:
        for view, name in (
            (np.asfortranarray(logits), "a Fortran-ordered array"),
            (logits[::2, 1::3], "a strided array"),
            (logits[::-1, ::-1], "a reversed array"),
        ):
            ask(view, about=name)


@pytest.mark.weight(2)
@pytest.mark.hint("`x -= m` writes into the caller's array; `x - m` makes a new one.")
def test_input_kept(student, rng):
    """leaves its input as it was"""
    for dtype in (np.float64, np.float32):
        logits = steps(rng, 3, 7).astype(dtype)
        logits[0, 2] = -np.inf
        got, (after,) = student.softmax_stable.with_inputs(logits)
        expect_close(got, exact_softmax(logits), about=f"3 rows of 7 {logits.dtype} logits")
        expect_kept(after, logits)


@pytest.mark.hint("A read-only array can be read; write only into arrays that you made.")
def test_read_only(student, rng):
    """accepts a read-only array"""
    logits = steps(rng, 3, 7)
    logits.flags.writeable = False
    about = "3 rows of 7 read-only logits"
    expect_close(student.softmax_stable(logits), exact_softmax(logits), about=about)
