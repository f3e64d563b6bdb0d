"""The oracle's memory and the comparisons."""

from __future__ import annotations

import contextlib

import ml_dtypes
import numpy as np
import pytest

from autograder.expect import (
    Failed,
    Tolerance,
    expect_close,
    expect_equal,
    expect_raises,
    oracle,
    set_tolerances,
    take_errors,
)
from tests.conftest import exercise


@oracle
def combined(x, *rest, **options):
    total = np.sum(x)
    for part in (*rest, *options.values()):
        total = (
            total + sum(np.sum(p) for p in part)
            if isinstance(part, list)
            else total * 3 + np.sum(part)
        )
    return total


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (((np.ones(1), 1, 23), {}), ((np.ones(1), 12, 3), {})),
        (((np.ones(1), [np.zeros(2000)]), {}), ((np.ones(1), [np.eye(1, 2000, 1000)[0]]), {})),
        (((np.ones(1),), {"a": np.zeros(2000)}), ((np.ones(1),), {"a": np.eye(1, 2000, 1000)[0]})),
        (((np.ones(1), 2.0), {}), ((np.ones(1),), {"a": 2.5})),
        (((np.ones(3),), {}), ((np.ones((3, 1)) * 2,), {})),
    ],
)
def test_different_questions_have_different_answers(one, other):
    first, second = combined(*one[0], **one[1]), combined(*other[0], **other[1])
    assert first.value != second.value
    assert combined(*one[0], **one[1]) is first


def test_an_oracle_knows_type_and_size_of_its_question():
    asked = combined(np.array([1.0, -np.inf, -7.0], np.float32))
    assert (asked.dtype, asked.magnitude) == (np.float32, 7.0)
    assert combined(np.array([3, 4])).dtype == np.float64


@oracle
def same(x):
    return x


def failure(got, x) -> str:
    set_tolerances({n: Tolerance(1e-6, 4) for n in ("float32", "float64")})
    with pytest.raises(Failed) as failed:
        expect_close(got, same(x), about="a question")
    return failed.value.feedback


X = np.array([1.0, 2.0, np.nan, np.inf])


@pytest.mark.parametrize(
    ("got", "said"),
    [
        (X[:3], "The shape is (3,)"),
        (X.astype(np.float32), "The answer is float32"),
        (np.array([np.nan, 2, np.nan, np.inf]), "NaN in 1 of 4 places"),
        (np.array([1, np.inf, np.nan, np.inf]), "Infinite in 1 of 4 places"),
        (np.array([1, 2, 3, np.inf]), "Not NaN in 1 of 4 places"),
        (np.array([1, 2, np.nan, -np.inf]), "Wrong in 1 of 4 places where it should be infinite"),
        (np.array([1, 2.5, np.nan, np.inf]), "Wrong in 1 of 4 places, at worst off by 0.5"),
    ],
)
def test_each_failure_says_what_is_wrong(got, said):
    assert said in failure(got, X)
    expect_close(X.copy(), same(X), about="a question")


def test_an_infinite_answer_needs_an_infinity():
    exact = np.array([1.0, np.inf])
    for got in ([1.0, 5.0], [1.0, -np.inf], [1.0, np.nan]):
        assert failure(np.array(got), exact)
    expect_close(exact.copy(), same(exact), about="x")


def test_the_tolerance_grows_with_the_inputs():
    large = np.array([1e6, 0.0])
    set_tolerances({"float64": Tolerance(0.0, 4)})
    expect_close(large + np.array([0, 5e-10]), same(large), about="x")
    small = np.array([1.0, 0.0])
    with pytest.raises(Failed):
        expect_close(small + np.array([0, 5e-10]), same(small), about="x")


def test_equal_is_exact_and_knows_types():
    expect_equal(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), about="x")
    for other in (np.array([np.nan, 1.0 + 2**-52]), np.array([np.nan, 1], np.float32)):
        with pytest.raises(Failed):
            expect_equal(other, np.array([np.nan, 1.0]), about="x")


def test_raises_wants_a_students_exception():
    with pytest.raises(Failed, match="returned a value"):
        expect_raises(ValueError, lambda: 1, about="x")


def test_bfloat16_is_a_floating_type():
    set_tolerances({"bfloat16": Tolerance(0.0, 4)})
    x = np.array([1.0, 2.0, 3.0]).astype(ml_dtypes.bfloat16)
    expected = same(x)
    assert expected.dtype == ml_dtypes.bfloat16
    near = (x.astype(np.float32) + 2.0**-5).astype(ml_dtypes.bfloat16)
    expect_close(near, expected, about="3 numbers")
    for wrong, said in (
        ((x.astype(np.float32) + 1).astype(ml_dtypes.bfloat16), "off by 1"),
        (np.full(3, np.nan).astype(ml_dtypes.bfloat16), "NaN in 3 of 3"),
        (x.astype(np.float32), "is float32"),
    ):
        with pytest.raises(Failed, match=said):
            expect_close(wrong, expected, about="3 numbers")


# ------------------------------------------------------------------ error against magnitude


@pytest.fixture
def errors():
    """Compare answers, each given with the exact one, and take what was noted."""

    def compare(*pairs):
        set_tolerances({n: Tolerance(1e-6, 4) for n in ("float32", "float64")})
        take_errors()
        for got, x in pairs:
            with contextlib.suppress(Failed):
                expect_close(got, same(x), about="numbers")
        return take_errors()

    return compare


def test_the_worst_error_of_each_magnitude_is_noted(errors):
    small, large = np.array([1.0, 2.0]), np.array([300.0, -900.0])
    found = errors((small + 1e-8, small), (small + 3e-8, small), (large - 0.5, large))
    assert found["error_by_magnitude"] == [[1.0, 3e-8], [100.0, 0.5]]
    # Of two places with one error, that counts where less was allowed.
    assert found["allowed_by_magnitude"] == [[1.0, 1e-6], [100.0, 3e-4]]
    assert take_errors() == {}


def test_an_answer_that_is_no_number_is_worse_than_any(errors):
    x = np.array([500.0, 600.0])
    wrong = [np.array([np.nan, 600.0]), np.array([500.0, np.inf])]
    for got in wrong:
        assert errors((x + 1, x), (got, x), (x + 99, x))["error_by_magnitude"] == [[100.0, None]]


def test_where_the_exact_answer_is_no_number_there_is_no_error(errors):
    x = np.array([5.0, np.inf, np.nan])
    assert errors((np.array([5.0, 7.0, 7.0]), x))["error_by_magnitude"] == [[1.0, 0.0]]
    assert errors((np.array([np.nan]), np.array([np.nan]))) == {}
    assert errors((np.zeros(3), np.zeros(3))) == {}


def test_errors_of_the_widest_type_are_told(errors):
    narrow, wide = np.array([3.0], np.float32), np.array([30.0])
    found = errors((narrow + 1, narrow), (wide + 2, wide))
    assert found["error_by_magnitude"] == [[10.0, 2.0]]
    assert errors((narrow + 1, narrow))["error_by_magnitude"] == [[1.0, 1.0]]


def test_magnitudes_without_end_end_somewhere(errors):
    pairs = [(x, x) for x in (np.array([1e-9]), np.array([1e8]), np.array([1e300]))]
    assert errors(*pairs)["error_by_magnitude"] == [[1e-3, 0.0], [1e6, 0.0]]


RECIPE = """
import numpy as np

def softmax_stable(x, axis=-1):
    e = np.exp(x)
    return e / e.sum(axis=axis, keepdims=True)
"""


def test_a_result_tells_errors_of_its_own_exercise(graded):
    result = graded(stable=RECIPE)
    stable = dict(exercise(result, "stable").measurements["error_by_magnitude"])
    assert stable[1e3] is None  # exp(1000) is no number any more
    assert stable[10.0] is not None
    merge = exercise(result, "merge").measurements
    of_merge = (merge["error_by_magnitude"], merge["allowed_by_magnitude"])
    for (_, error), (_, bound) in zip(*of_merge, strict=True):
        assert error <= bound
    assert exercise(result, "drills").measurements == {}
