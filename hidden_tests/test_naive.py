"""Hidden tests of ``softmax_naive``: right where the recipe is, and NaN where it overflows.

Logits keep clear of the borders of overflow: they are below 6 in float16, 81 in float32 and
601 in float64, or beyond 750, where exp overflows in each of the three.
"""

import numpy as np
import pytest
from oracle import (
    asked,
    exact_recipe,
    exact_softmax,
    expect_kept,
    expect_sums_to_one,
    expect_zeros,
    steps,
)

from autograder.expect import expect_close


@pytest.mark.weight(2)
@pytest.mark.hint("Exponentiate every logit, then divide each by the sum of them all.")
def test_vector(student, rng):
    """one row of logits"""
    with asked(student.softmax_naive, exact_softmax) as ask:
        for k in (3, 6):
            logits = steps(rng, k, top=1)
            about = f"{k} logits between -3 and 2"
            ask(logits, about=about)


@pytest.mark.weight(3)
@pytest.mark.hint("Each row of a matrix is an example of its own: sum along the last axis.")
def test_rows(student, rng):
    """each row is divided by its own sum"""
    with asked(student.softmax_naive, exact_softmax) as ask:
        for rows, k in ((4, 7), (5, 5)):
            logits = steps(rng, rows, k) + 3 * np.arange(rows)[:, None]
            about = f"{rows} rows of {k} logits"
            ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "axis=-1 is the last axis, however many there are; keepdims=True keeps its place."
)
def test_batches(student, rng):
    """batches of three and four dimensions"""
    with asked(student.softmax_naive, exact_softmax) as ask:
        for shape in ((2, 3, 5), (3, 2, 4, 6)):
            logits = steps(rng, *shape)
            about = f"logits of shape {shape}"
            ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("float32 in, float32 out, with float32's accuracy.")
def test_float32(student, rng):
    """float32 logits"""
    with asked(student.softmax_naive, exact_softmax) as ask:
        for shape in ((5,), (3, 11)):
            logits = steps(rng, *shape, top=2).astype(np.float32)
            about = f"float32 logits of shape {shape}"
            ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("float16 in, float16 out. NumPy's exp keeps the type; a float64 factor does not.")
def test_float16(student, rng):
    """float16 logits"""
    with asked(student.softmax_naive, exact_softmax) as ask:
        for shape in ((5,), (3, 9)):
            logits = steps(rng, *shape, top=2).astype(np.float16)
            about = f"float16 logits of shape {shape}"
            ask(logits, about=about)


@pytest.mark.hint("Tiny logits give nearly, but not exactly, equal probabilities.")
def test_small_logits(student, rng):
    """logits from 1e-6 to 0.1"""
    logits = np.array([[1e-6], [1e-3], [0.1]]) * steps(rng, 3, 7, top=2)
    about = "3 rows of 7 logits, of about 1e-6, 1e-3 and 0.1"
    expect_close(student.softmax_naive(logits), exact_softmax(logits), about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("As long as exp of the logits fits into the type, nothing special is to be done.")
def test_large_logits_that_fit(student, rng):
    """large logits whose exponentials still fit"""
    with asked(student.softmax_naive, exact_softmax) as ask:
        for dtype, levels in ((np.float64, (100, 600, -600)), (np.float32, (80, -60))):
            for level in levels:
                logits = steps(rng, 2, 8, top=level).astype(dtype)
                about = f"2 rows of 8 {logits.dtype} logits near {level}"
                ask(logits, about=about)


@pytest.mark.hint("Nothing in the recipe depends on how many classes there are.")
def test_sizes(student, rng):
    """from 1 class to 1,009"""
    with asked(student.softmax_naive, exact_softmax) as ask:
        for k in (1, 2, 13, 64, 1009):
            logits = 2 * rng.standard_normal((2, k))
            about = f"2 rows of {k} logits"
            ask(logits, about=about)


@pytest.mark.hint("What you divide by must be the sum of exactly what you divide.")
def test_sums_to_one(student, rng):
    """each row sums to one"""
    for dtype in (np.float64, np.float32):
        logits = steps(rng, 4, 23, top=5).astype(dtype)
        about = f"4 rows of 23 {logits.dtype} logits"
        got = student.softmax_naive(logits)
        expect_close(got, exact_softmax(logits), about=about)
        expect_sums_to_one(got, logits, about=about)


@pytest.mark.hint(
    "Adding one number to all logits multiplies all exponentials, and the sum, alike."
)
def test_shift(student, rng):
    """adding one number to every logit changes nothing"""
    # Multiples of 1/64, so that a shifted logit is exact as well.
    logits = np.round(steps(rng, 3, 6) * 64) / 64
    with asked(student.softmax_naive, exact_softmax) as ask:
        for shift in (0, 16, -32):
            about = f"3 rows of 6 logits, shifted by {shift}"
            moved = logits + shift
            ask(moved, about=about)


@pytest.mark.hint("The order of the logits must not matter: each answer belongs to its logit.")
def test_permutation(student, rng):
    """reordered logits give the reordered answer"""
    logits = steps(rng, 9)
    with asked(student.softmax_naive, exact_softmax) as ask:
        for order in (np.arange(9), rng.permutation(9)):
            moved = np.ascontiguousarray(logits[order])
            ask(moved, about="9 logits in some order")


@pytest.mark.hint("Equal logits share equally.")
def test_identical(student, rng):
    """identical logits share equally, beside rows that do not"""
    logits = steps(rng, 4, 5)
    logits[:2] = [[rng.uniform(-3, 3)], [0]]
    about = "4 rows of 5 logits, two of the rows constant"
    expect_close(student.softmax_naive(logits), exact_softmax(logits), about=about)


@pytest.mark.hint("exp(-inf) is 0, so the recipe needs no special case for a masked logit.")
def test_masked(student, rng):
    """masked logits (-inf) get exactly 0"""
    for dtype in (np.float64, np.float32):
        logits = steps(rng, 3, 8).astype(dtype)
        logits[0, 2] = logits[1, 0] = logits[2, 3:] = -np.inf
        about = f"3 rows of 8 {logits.dtype} logits, some of them -inf"
        got = student.softmax_naive(logits)
        expect_close(got, exact_softmax(logits), about=about)
        expect_zeros(got, logits == -np.inf, about="the places of the -inf")


@pytest.mark.hint("A NaN spoils the sum of its own row; no other row may use that sum.")
def test_nan_row(student, rng):
    """a NaN makes its own row NaN and no other"""
    logits = steps(rng, 3, 6)
    logits[1, rng.integers(6)] = np.nan
    about = "3 rows of 6 logits with a NaN in one row"
    expect_close(student.softmax_naive(logits), exact_softmax(logits), about=about)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "Whole numbers are treated as float64, and so is the answer: no probability is whole."
)
def test_integers(student, rng):
    """integer logits"""
    with asked(student.softmax_naive, exact_softmax) as ask:
        for dtype in (np.int32, np.int64):
            logits = rng.permuted(np.broadcast_to(np.arange(-3, 3), (2, 6)), axis=1).astype(dtype)
            about = f"2 rows of 6 {logits.dtype} logits"
            ask(logits, about=about)


@pytest.mark.hint("How an array lies in memory is NumPy's business: index and reduce by axis.")
def test_layouts(student, rng):
    """Fortran-ordered, strided and reversed arrays"""
    logits = steps(rng, 6, 10)
    with asked(student.softmax_naive, exact_softmax) as ask:
        for view, name in (
            (np.asfortranarray(logits), "a Fortran-ordered array"),
            (logits[::2, 1::3], "a strided array"),
            (logits[:, ::-1], "a reversed array"),
        ):
            ask(view, about=name)


@pytest.mark.weight(2)
@pytest.mark.hint("Work in new arrays: `out=x` and `x -= ...` write into the caller's array.")
def test_input_kept(student, rng):
    """leaves its input as it was, and accepts a read-only one"""
    logits = steps(rng, 3, 7)
    about = "3 rows of 7 logits"
    got, (after,) = student.softmax_naive.with_inputs(logits)
    expect_close(got, exact_softmax(logits), about=about)
    expect_kept(after, logits)
    logits = steps(rng, 3, 7)
    logits.flags.writeable = False
    expect_close(student.softmax_naive(logits), exact_softmax(logits), about=f"{about}, read-only")


@pytest.mark.weight(4)
@pytest.mark.hint(
    "No shift here: exp(800) is infinite, and inf/inf is NaN. The cure is the next exercise."
)
def test_overflow_float64(student, rng):
    """overflows as the recipe does, in float64"""
    with asked(student.softmax_naive, exact_recipe) as ask:
        for logits in (
            steps(rng, 5, top=1),
            800 + 100 * steps(rng, 5, top=4),
            steps(rng, 2, 6, top=2000),
        ):
            about = f"float64 logits of shape {logits.shape}, some beyond what exp can hold"
            ask(logits, about=about)


@pytest.mark.weight(4)
@pytest.mark.hint("No shift and no clipping here: show the flaw, do not mend it.")
def test_overflow_float32(student, rng):
    """overflows as the recipe does, in float32"""
    with asked(student.softmax_naive, exact_recipe) as ask:
        for logits in (steps(rng, 2, 5, top=3), steps(rng, 2, 7, top=1500)):
            logits = logits.astype(np.float32)
            about = (
                f"float32 logits of shape {logits.shape}, all small or all beyond what exp can hold"
            )
            ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("float16 ends at 65504: nothing of this size survives exp.")
def test_overflow_float16(student, rng):
    """overflows as the recipe does, in float16"""
    with asked(student.softmax_naive, exact_recipe) as ask:
        wide = steps(rng, 2, 5, top=40).astype(np.float32)  # which float16 could not hold
        ask(wide, about="float32 logits near 40")
        for logits in (steps(rng, 2, 5, top=1), steps(rng, 2, 5, top=1000)):
            logits = logits.astype(np.float16)
            about = (
                f"float16 logits of shape {logits.shape}, all small or all beyond what exp can hold"
            )
            ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("When every exponential is 0, the sum is 0 as well, and 0/0 is NaN.")
def test_underflow(student, rng):
    """is 0/0 where every exponential vanishes"""
    with asked(student.softmax_naive, exact_recipe) as ask:
        for dtype in (np.float64, np.float32):
            logits = steps(rng, 4, 6).astype(dtype)
            logits[1] -= 2000
            logits[2] = -np.inf
            about = f"4 rows of 6 {logits.dtype} logits, two rows far below what exp can hold"
            ask(logits, about=about)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "Only the infinite exponential gives inf/inf; its neighbours are a number over inf, 0."
)
def test_one_overflow(student, rng):
    """one overflow spoils its own place and empties the rest of its row"""
    with asked(student.softmax_naive, exact_recipe) as ask:
        for dtype in (np.float64, np.float32):
            logits = steps(rng, 4, 6).astype(dtype)
            logits[1, rng.integers(6)] = 900
            logits[3, rng.integers(6)] = np.inf
            about = f"4 rows of 6 {logits.dtype} logits, with one of 900 and one infinite"
            ask(logits, about=about)
