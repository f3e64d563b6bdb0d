"""Hidden tests of the drills. What the lesson itself shows carries little weight."""

import math

import numpy as np
import pytest

from autograder.expect import expect

NAN = math.nan


def expect_numbers(got, right, about):
    """Require numbers right to a thousandth; NaN equals NaN."""
    right = np.array(right, float)
    near = (np.abs(got - right) <= 1e-3 * np.abs(right)) | (np.isnan(got) & np.isnan(right))
    wrong = np.size(right) - np.count_nonzero(near)
    of = f" in {wrong} of {np.size(right)} places" if np.size(right) > 1 else ""
    expect(not wrong, f"Not right{of}, for {about}.")


def expect_words(student, table, right):
    """Require each answer of a table to be this word."""
    got = {key: student.word(f"{table}.{key}", "finite", "nan") for key in right}
    wrong = sum(got[key] != right[key] for key in right)
    expect(not wrong, f"Not right for {wrong} of {len(right)} inputs.")


def expect_claims(student, right):
    """Require each claim to be judged so."""
    got = {key: student.truth(f"claims.{key}") for key in right}
    wrong = sum(got[key] != right[key] for key in right)
    expect(not wrong, f"Not right for {wrong} of {len(right)} claims.")


@pytest.mark.hint("e^2, e^1 and e^3, each divided by the sum of the three.")
def test_softmax_2_1_3(student):
    """softmax of [2, 1, 3]"""
    right = [0.244728, 0.0900306, 0.665241]
    expect_numbers(student.numbers("softmax_2_1_3", 3), right, "the softmax of [2, 1, 3]")


@pytest.mark.hint(
    "No exponential overflows here: with or without the shift the answer is the same."
)
def test_softmax_10_20_30(student):
    """softmax of [10, 20, 30], naive and stable, and whether they agree"""
    right = [2.06106e-09, 4.53979e-05, 0.999955]
    for way in ("naive", "stable"):
        got = student.numbers(f"{way}_10_20_30", 3)
        expect_numbers(got, right, f"the {way} softmax of [10, 20, 30]")
    expect(student.truth("agree_10_20_30"), "Not right, whether the two agree.")


@pytest.mark.weight(3)
@pytest.mark.hint("exp(100) is about 2.7e43. What is the largest number of each type?")
def test_softmax_100(student):
    """softmax of [100, 100, 100], stable, and naive in float32 and float64"""
    for key, right in (
        ("stable_100", 1 / 3),
        ("naive_100_float32", NAN),
        ("naive_100_float64", 1 / 3),
    ):
        expect_numbers(student.number(key), right, f"`{key}`")


@pytest.mark.hint("The largest float32 is 3.4028e38: take its natural logarithm.")
def test_overflow(student):
    """where exp overflows in float32"""
    expect_numbers(student.number("exp_overflows_float32"), 88.72283, "the border of overflow")


@pytest.mark.hint("Equal logits share equally, and the log of a sum of five ones is log 5.")
def test_zeros(student):
    """softmax and log-sum-exp of five zeros"""
    expect_numbers(student.number("softmax_zeros"), 0.2, "the softmax of five zeros")
    expect_numbers(student.number("log_sum_exp_zeros"), 1.609438, "their log-sum-exp")


@pytest.mark.weight(2)
@pytest.mark.hint("The log-sum-exp of all logits, minus the logit of the right class.")
def test_cross_entropy(student):
    """cross-entropy of five logits at label 1"""
    expect_numbers(student.number("cross_entropy_label_1"), 0.345282, "the loss at label 1")


@pytest.mark.weight(3)
@pytest.mark.hint("Beside e^92 the other four do not count, so the log-sum-exp is nearly 92.")
def test_cross_entropy_of_a_large_margin(student):
    """cross-entropy of a class that is 88.9 behind"""
    expect_numbers(student.number("cross_entropy_label_2"), 88.9, "the loss at label 2")


@pytest.mark.hint("A larger number: d times exp(old m - new m), plus 1. Else d plus exp(x - m).")
def test_online_1_3_2(student):
    """(m, d) along 1, 3, 2"""
    right = [[1, 1], [3, 1.135335], [3, 1.503215]]
    expect_numbers(student.numbers("online_1_3_2", 3, 2), right, "the pairs along 1, 3, 2")


@pytest.mark.weight(4)
@pytest.mark.hint("Two records after the first number: 3 and 5. Each rescales all of d.")
def test_online_2_0_3_1_5(student):
    """(m, d) along 2, 0, 3, 1, 5"""
    right = [[2, 1], [2, 1.135335], [3, 1.417667], [3, 1.553002], [5, 1.210176]]
    got = student.numbers("online_2_0_3_1_5", 5, 2)
    expect_numbers(got, right, "the pairs along 2, 0, 3, 1, 5")


@pytest.mark.weight(3)
@pytest.mark.hint("Each quantity that needs the one before in full costs a read: max, sum, answer.")
def test_walks(student):
    """how often naive, stable and online kernels read and write"""
    for way, right in (("naive", [2, 1]), ("stable", [3, 1]), ("online", [2, 1])):
        got = student.numbers(f"walks_{way}", 2)
        expect_numbers(got, right, f"the {way} softmax")


@pytest.mark.weight(3)
@pytest.mark.hint(
    "An infinite exponential makes inf/inf, and a sum of 0 makes 0/0. When is there one?"
)
def test_predict_naive(student):
    """where the naive recipe gives NaN in float32"""
    expect_words(
        student,
        "predict_naive",
        {
            "small": "finite",
            "just_fits": "finite",
            "too_large": "nan",
            "negative": "finite",
            "very_negative": "nan",
            "masked": "finite",
            "all_masked": "nan",
        },
    )


@pytest.mark.weight(2)
@pytest.mark.hint("With the maximum subtracted, one row is still without an answer. Which?")
def test_predict_stable(student):
    """where the stable softmax gives NaN in float32"""
    right = dict.fromkeys(
        ["small", "just_fits", "too_large", "negative", "very_negative", "masked"], "finite"
    )
    expect_words(student, "predict_stable", {**right, "all_masked": "nan"})


@pytest.mark.weight(2)
@pytest.mark.hint("What is added to the maximum is log of 1 and more: small, never 0, but rounded.")
def test_claims_about_log_sum_exp(student):
    """log-sum-exp against the maximum, exactly and in float32"""
    expect_claims(
        student,
        {
            "never_below_maximum": True,
            "equals_maximum_exactly": False,
            "equals_maximum_float32": True,
        },
    )


@pytest.mark.weight(3)
@pytest.mark.hint("float32 goes on below 1e-38, with fewer digits, down to 1e-45. And sums round.")
def test_claims_about_floating_point(student):
    """what floating point does and does not do"""
    expect_claims(
        student,
        {
            "naive_of_minus_100_is_nan": False,
            "exp_of_minus_91_is_zero": False,
            "online_equals_two_walks": False,
            "shift_changes_nothing": True,
        },
    )
