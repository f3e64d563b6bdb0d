"""Hidden tests of ``cross_entropy``.

float32 and float16 have a test of their own, so that a loss of the wrong type costs that one.
"""

import numpy as np
import pytest
from oracle import asked, exact_cross_entropy, expect_kept, steps

from autograder.expect import expect_close, expect_raises


def asked_loss(student):
    return asked(student.cross_entropy, exact_cross_entropy)


def any_labels(rng, logits):
    """A label for each example, more often than not a wrong one."""
    return rng.integers(logits.shape[-1], size=logits.shape[:-1])


@pytest.mark.weight(2)
@pytest.mark.hint("The log-sum-exp of the logits, minus the logit of the label.")
def test_one_example(student, rng):
    """1-D logits with one integer give one number"""
    logits = steps(rng, 5, top=2)
    with asked_loss(student) as ask:
        for label in (0, 2, 4):
            ask(logits, label, about=f"5 logits, label {label}")


@pytest.mark.weight(4)
@pytest.mark.hint("Pick from each row the logit of its own label: numpy.take_along_axis.")
def test_batch(student, rng):
    """one loss for each example of a batch"""
    with asked_loss(student) as ask:
        for shape in ((4, 7), (5, 5), (7, 3)):
            logits = steps(rng, *shape)
            about = f"logits of shape {shape}, a label for each row"
            ask(logits, any_labels(rng, logits), about=about)


@pytest.mark.weight(2)
@pytest.mark.hint(
    "labels has the shape of the logits without the last axis, and so has the answer."
)
def test_dimensions(student, rng):
    """batches of more dimensions, and of one example"""
    with asked_loss(student) as ask:
        for shape in ((1, 4), (3, 3, 3), (2, 3, 5), (2, 1, 3, 4)):
            logits = steps(rng, *shape)
            about = f"logits of shape {shape}, labels of shape {shape[:-1]}"
            ask(logits, any_labels(rng, logits), about=about)


@pytest.mark.weight(3)
@pytest.mark.hint("float32 in, float32 out, and its exp overflows at 89. float16 in, float16 out.")
def test_types(student, rng):
    """float32 and float16 logits, labels of any integer type"""
    with asked_loss(student) as ask:
        for dtype, labels_dtype, top in (
            (np.float32, np.int64, 2),
            (np.float32, np.uint8, -1e4),
            (np.float16, np.int32, 2),
            (np.float16, np.int8, 9),
        ):
            logits = steps(rng, 4, 9, top=top).astype(dtype)
            labels = any_labels(rng, logits).astype(labels_dtype)
            about = f"4 rows of 9 {logits.dtype} logits near {top:g}, {labels.dtype} labels"
            ask(logits, labels, about=about)
        behind = np.array([[0, 500, 1], [5e29, 0, -5e29], [0, 103, 1]], np.float32)
        for row, label in zip(behind, (0, 2, 0), strict=True):
            ask(row[None], np.array([label]), about="a float32 label far behind")


@pytest.mark.weight(6)
@pytest.mark.hint("Never form the probability: where it is 0, its logarithm is -inf.")
def test_any_margin(student, rng):
    """finite however far behind the right class is"""
    with asked_loss(student) as ask:
        # At 743 a probability is not yet 0, and has lost nearly all its digits.
        for margin in (40, 150, 743, 1e3, 1e8, 1e300):
            logits = steps(rng, 3, 4, top=margin / 2)
            labels = np.array([1, 3, 0])
            logits[[0, 1], labels[:2]] = -margin / 2
            about = f"3 rows of 4 logits, two labels {margin:g} behind"
            ask(logits, labels, about=about)


@pytest.mark.weight(3)
@pytest.mark.hint("Only differences between logits count: shift each row by its own maximum.")
def test_large_logits(student, rng):
    """logits of thousands and more, each row on its own level"""
    levels = rng.permutation([-5e3, -900.0, 0.0, 900.0, 1e4])
    logits = steps(rng, 5, 6) + levels[:, None]
    low = steps(rng, 2, 6, top=-1e12)
    whole = rng.permuted(np.broadcast_to(np.arange(1 << 24, (1 << 24) + 6), (3, 6)), axis=1)
    with asked_loss(student) as ask:
        about = "5 rows of 6 logits on levels of their own"
        ask(logits, any_labels(rng, logits), about=about)
        ask(low, any_labels(rng, low), about="2 rows of 6 logits near -1e12")
        about = "3 rows of 6 int32 logits near 2^24"
        ask(whole.astype(np.int32), any_labels(rng, whole), about=about)


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
    small = rng.uniform(-28, -27, (2, 1009))
    small[:, 7] = 0
    with asked_loss(student) as ask:
        about = "5 rows of 6 logits: two constant, two with a winner"
        ask(logits, np.array([3, 2, 2, 0, 5]), about=about)
        ask(small, np.array([7, 8]), about="2 rows of 1,009 logits, all but one near -27")


@pytest.mark.hint("Nothing depends on how many classes there are; of one class the loss is 0.")
def test_sizes(student, rng):
    """from 1 class to 1,009, more than a label of 8 bits can count"""
    with asked_loss(student) as ask:
        for k in (1, 2, 300, 1009):
            logits = 2 * rng.standard_normal((3, k))
            ask(logits, np.array([k - 1, 0, k // 2]), about=f"3 rows of logits, K = {k:,}")


@pytest.mark.weight(3)
@pytest.mark.hint("NumPy takes -1 for the last class without a word: check for labels below 0.")
def test_negative_labels(student, rng):
    """a negative label is a ValueError, also among right ones"""
    logits = steps(rng, 5, 4)
    with asked_loss(student) as ask:
        ask(logits, any_labels(rng, logits), about="5 rows of 4 logits")
    for label, place, dtype in ((-1, 4, np.int64), (-2, 0, np.int32), (-100, 2, np.int8)):
        labels = any_labels(rng, logits).astype(dtype)
        labels[place] = label
        about = f"5 labels, one of them {label}"
        expect_raises(ValueError, lambda y=labels: student.cross_entropy(logits, y), about=about)
    for x, labels, about in (
        (logits[0], -1, "a label of -1"),
        (np.zeros((2, 300)), np.array([7, -1]), "a label of -1 of 300 classes"),
    ):
        expect_raises(ValueError, lambda x=x, y=labels: student.cross_entropy(x, y), about=about)


@pytest.mark.weight(3)
@pytest.mark.hint("The largest class is K - 1, whatever the size of the batch.")
def test_labels_too_large(student, rng):
    """a label of K or above is a ValueError, also among right ones"""
    logits = steps(rng, 6, 4)
    with asked_loss(student) as ask:
        ask(logits, np.array([3, 0, 3, 1, 2, 3]), about="6 rows of 4 logits")
    for label, place, dtype in ((4, 5, np.int64), (5, 0, np.uint8), (260, 3, np.int32)):
        labels = any_labels(rng, logits).astype(dtype)
        labels[place] = label
        about = f"6 labels of 4 classes, one of them {label}"
        expect_raises(ValueError, lambda y=labels: student.cross_entropy(logits, y), about=about)
    for x, labels, about in (
        (logits[0], 4, "a label of K"),
        (logits.reshape(2, 3, 4), np.array([[0, 1, 2], [3, 4, 0]]), "6 labels, one of them K"),
    ):
        expect_raises(ValueError, lambda x=x, y=labels: student.cross_entropy(x, y), about=about)


@pytest.mark.hint("A NaN spoils the log-sum-exp of its own row, and no other.")
def test_nan(student, rng):
    """a NaN makes its own example NaN and no other"""
    logits = steps(rng, 4, 5)
    logits[1, 2] = logits[3, 0] = np.nan
    with asked_loss(student) as ask:
        ask(logits, np.array([2, 3, 4, 0]), about="4 rows of 5 logits, a NaN in two rows")


@pytest.mark.weight(2)
@pytest.mark.hint("Whole numbers are treated as float64, and so is the answer.")
def test_integers(student, rng):
    """integer logits"""
    whole = rng.permuted(np.broadcast_to(np.arange(-3, 3), (3, 6)), axis=1)
    with asked_loss(student) as ask:
        for dtype in (np.int32, np.int64):
            about = f"3 rows of 6 {np.dtype(dtype).name} logits"
            ask(whole.astype(dtype), any_labels(rng, whole), about=about)


@pytest.mark.weight(2)
@pytest.mark.hint("Work in new arrays; how logits and labels lie in memory does not matter.")
def test_inputs_kept(student, rng):
    """leaves logits and labels as they were; strided and read-only ones are fine"""
    logits = steps(rng, 4, 7)
    labels = any_labels(rng, logits)
    got, (after, labels_after) = student.cross_entropy.with_inputs(logits, labels)
    expect_close(got, exact_cross_entropy(logits, labels), about="4 rows of 7 logits")
    expect_kept(after, logits)
    expect_kept(labels_after, labels)
    logits.flags.writeable = labels.flags.writeable = False
    many = rng.integers(4, size=12)
    with asked_loss(student) as ask:
        ask(logits, labels, about="read-only logits and labels")
        ask(steps(rng, 6, 8)[::2, ::2], many[1::4], about="strided logits and labels")
        ask(steps(rng, 4, 5)[::-1], many[3::-1], about="reversed logits and labels")
        three = np.asfortranarray(steps(rng, 4, 3, 5)), np.asfortranarray(many.reshape(4, 3))
        ask(*three, about="Fortran-ordered logits and labels")
