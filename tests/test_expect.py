"""The oracle's memory and the comparisons."""

from __future__ import annotations

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
)


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
