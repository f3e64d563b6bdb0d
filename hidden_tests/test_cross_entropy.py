"""Hidden tests of ``cross_entropy``."""

import numpy as np
import pytest
from oracle import exact_cross_entropy, expect_kept, steps

from autograder.expect import expect_close, expect_raises


def expect_loss(student, logits, labels, about):
    got = student.cross_entropy(logits, labels)
    expect_close(got, exact_cross_entropy(logits, labels), about=about)


def any_labels(rng, logits):
    """A label for each example, more often than not a wrong one."""
    return rng.integers(logits.shape[-1], size=logits.shape[:-1])


@pytest.mark.weight(2)
@pytest.mark.hint("The log-sum-exp of the logits, minus the logit of the label.")
def test_one_example(student, rng):
    """1-D logits with one integer give one number"""
    logits = steps(rng, 5, top=2)
    for label in (0, 2, 4):
        expect_loss(student, logits, label, f"5 logits, label {label}")


@pytest.mark.weight(4)
@pytest.mark.hint("Pick from each row the logit of its own label: numpy.take_along_axis.")
def test_batch(student, rng):
    """one loss for each example of a batch"""
    for shape in ((4, 7), (5, 5), (7, 3)):
        logits = steps(rng, *shape)
        about = f"logits of shape {shape}, a label for each row"
        expect_loss(student, logits, any_labels(rng, logits), about)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "labels has the shape of the logits without the last axis, and so has the answer."
)
def test_dimensions(student, rng):
    """batches of more dimensions, and of one example"""
    for shape in ((1, 4), (3, 3, 3), (2, 3, 5), (2, 1, 3, 4)):
        logits = steps(rng, *shape)
        about = f"logits of shape {shape}, labels of shape {shape[:-1]}"
        expect_loss(student, logits, any_labels(rng, logits), about)


@pytest.mark.weight(2)
@pytest.mark.hint("float32 in, float32 out; float16 in, float16 out.")
def test_types(student, rng):
    """float32 and float16 logits, labels of any integer type"""
    for dtype, labels_dtype in (
        (np.float32, np.int64),
        (np.float32, np.uint8),
        (np.float16, np.int32),
        (np.float16, np.int8),
    ):
        logits = steps(rng, 4, 9, top=2).astype(dtype)
        labels = any_labels(rng, logits).astype(labels_dtype)
        about = f"4 rows of 9 {logits.dtype} logits, {labels.dtype} labels"
        expect_loss(student, logits, labels, about)


@pytest.mark.weight(5)
@pytest.mark.hint("Never form the probability: where it is 0, its logarithm is -inf.")
def test_any_margin(student, rng):
    """finite however far behind the right class is"""
    for dtype, margins in (
        (np.float64, (40, 150, 1e3, 1e8, 1e300)),
        (np.float32, (40, 150, 1e4, 1e30)),
        (np.float16, (18,)),
    ):
        for margin in margins:
            logits = steps(rng, 3, 4, top=margin / 2)
            labels = np.array([1, 3, 0])
            logits[[0, 1], labels[:2]] = -margin / 2
            logits = logits.astype(dtype)
            about = f"3 rows of 4 {logits.dtype} logits, two labels {margin:g} behind"
            expect_loss(student, logits, labels, about)


@pytest.mark.weight(2)
@pytest.mark.hint("Only differences between logits count: shift each row by its own maximum.")
def test_large_logits(student, rng):
    """logits of thousands and more, each row on its own level"""
    for dtype in (np.float64, np.float32):
        lowest = -1e12 if dtype == np.float64 else -1e4
        levels = rng.permutation([-5e3, -900.0, 0.0, 900.0, 1e4])
        logits = (steps(rng, 5, 6) + levels[:, None]).astype(dtype)
        about = f"5 rows of 6 {logits.dtype} logits on levels of their own"
        expect_loss(student, logits, any_labels(rng, logits), about)
        logits = steps(rng, 2, 6, top=lowest).astype(dtype)
        about = f"2 rows of 6 {logits.dtype} logits near {lowest:g}"
        expect_loss(student, logits, any_labels(rng, logits), about)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "Equal logits share equally: the loss of K of them is log K. A sure winner's is 0."
)
def test_equal_and_sure(student, rng):
    """equal logits, sure winners, and many small rivals"""
    logits = steps(rng, 5, 6)
    logits[[0, 4]] = [[rng.uniform(-3, 3)], [0]]
    logits[1, 2] = 9
    logits[2, 2] = 50
    about = "5 rows of 6 logits: two constant, two with a winner"
    expect_loss(student, logits, np.array([3, 2, 2, 0, 5]), about)
    logits = rng.uniform(-28, -27, (2, 1009))
    logits[:, 7] = 0
    expect_loss(student, logits, np.array([7, 8]), "2 rows of 1,009 logits, all but one near -27")


@pytest.mark.hint("Nothing depends on how many classes there are; of one class the loss is 0.")
def test_sizes(student, rng):
    """from 1 class to 1,009, more than a label of 8 bits can count"""
    for k in (1, 2, 300, 1009):
        logits = 2 * rng.standard_normal((3, k))
        labels = np.array([k - 1, 0, k // 2])
        expect_loss(student, logits, labels, f"3 rows of {k} logits")


@pytest.mark.weight(3)
@pytest.mark.hint("NumPy takes -1 for the last class without a word: check for labels below 0.")
def test_negative_labels(student, rng):
    """a negative label is a ValueError, also among right ones"""
    logits = steps(rng, 5, 4)
    expect_loss(student, logits, any_labels(rng, logits), "5 rows of 4 logits")
    for label, place, dtype in ((-1, 4, np.int64), (-2, 0, np.int32), (-100, 2, np.int8)):
        labels = any_labels(rng, logits).astype(dtype)
        labels[place] = label
        about = f"5 labels, one of them {label}"
        expect_raises(ValueError, lambda y=labels: student.cross_entropy(logits, y), about=about)
    expect_raises(ValueError, lambda: student.cross_entropy(logits[0], -1), about="a label of -1")
    many = np.zeros((2, 300))
    labels = np.array([7, -1])
    expect_raises(
        ValueError,
        lambda: student.cross_entropy(many, labels),
        about="a label of -1 of 300 classes",
    )


@pytest.mark.weight(3)
@pytest.mark.hint("The largest class is K - 1, whatever the size of the batch.")
def test_labels_too_large(student, rng):
    """a label of K or above is a ValueError, also among right ones"""
    logits = steps(rng, 6, 4)
    expect_loss(student, logits, np.array([3, 0, 3, 1, 2, 3]), "6 rows of 4 logits")
    for label, place, dtype in ((4, 5, np.int64), (5, 0, np.uint8), (260, 3, np.int32)):
        labels = any_labels(rng, logits).astype(dtype)
        labels[place] = label
        about = f"6 labels of 4 classes, one of them {label}"
        expect_raises(ValueError, lambda y=labels: student.cross_entropy(logits, y), about=about)
    labels = np.zeros((2, 3), int)
    labels[1, 1] = 4
    about = "labels of shape (2, 3), one of them K"
    expect_raises(
        ValueError, lambda: student.cross_entropy(logits.reshape(2, 3, 4), labels), about=about
    )
    expect_raises(ValueError, lambda: student.cross_entropy(logits[0], 4), about="a label of K")


@pytest.mark.hint("A NaN spoils the log-sum-exp of its own row, and no other.")
def test_nan(student, rng):
    """a NaN makes its own example NaN and no other"""
    logits = steps(rng, 4, 5)
    logits[1, 2] = logits[3, 0] = np.nan
    about = "4 rows of 5 logits, a NaN in two rows"
    expect_loss(student, logits, np.array([2, 3, 4, 0]), about)


@pytest.mark.weight(2)
@pytest.mark.hint("Whole numbers are treated as float64, and so is the answer.")
def test_integers(student, rng):
    """integer logits"""
    whole = rng.permuted(np.broadcast_to(np.arange(1 << 24, (1 << 24) + 6), (3, 6)), axis=1)
    for dtype in (np.int32, np.int64):
        logits = whole.astype(dtype)
        about = f"3 rows of 6 {logits.dtype} logits"
        expect_loss(student, logits, any_labels(rng, logits), about)


@pytest.mark.weight(2)
@pytest.mark.hint("Work in new arrays; how logits and labels lie in memory does not matter.")
def test_inputs_kept(student, rng):
    """leaves logits and labels as they were; strided and read-only ones are fine"""
    for dtype in (np.float64, np.float32):
        logits = steps(rng, 4, 7).astype(dtype)
        labels = any_labels(rng, logits)
        got, (after, labels_after) = student.cross_entropy.with_inputs(logits, labels)
        about = f"4 rows of 7 {logits.dtype} logits"
        expect_close(got, exact_cross_entropy(logits, labels), about=about)
        expect_kept(after, logits)
        expect_kept(labels_after, labels)
    logits.flags.writeable = labels.flags.writeable = False
    expect_loss(student, logits, labels, "read-only logits and labels")
    logits = steps(rng, 6, 8)
    labels = rng.integers(4, size=12)
    expect_loss(student, logits[::2, ::2], labels[1::4], "strided logits and labels")
    logits, labels = np.asfortranarray(steps(rng, 4, 3, 5)), np.asfortranarray(labels.reshape(4, 3))
    expect_loss(student, logits, labels, "Fortran-ordered logits and labels")
