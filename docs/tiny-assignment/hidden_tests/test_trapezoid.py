"""Hidden tests of the trapezoid rule."""

import itertools
import math

import pytest

from autograder.expect import expect_close, expect_raises, oracle


@oracle
def exact_trapezoid(y, dx=1.0):
    return dx * math.fsum((a + b) / 2 for a, b in itertools.pairwise(y))


@pytest.mark.weight(3)
@pytest.mark.hint("To how many trapezoids do the two ends belong?")
def test_random_samples(student, rng):
    """integrates samples a unit apart"""
    for n in (2, 3, 100):
        y = rng.normal(size=n)
        expect_close(student.trapezoid(y), exact_trapezoid(y), about=f"{n} samples")


@pytest.mark.weight(2)
@pytest.mark.hint("What does dx do to an area?")
def test_distance(student, rng):
    """takes the distance between samples into account"""
    y = rng.normal(size=20)
    got = student.trapezoid(y, dx=0.25)
    expect_close(got, exact_trapezoid(y, dx=0.25), about="20 samples a quarter apart")


@pytest.mark.hint("How many trapezoids does one sample make?")
def test_too_few(student, rng):
    """refuses fewer than two samples"""
    y = rng.normal(size=4)
    expect_close(student.trapezoid(y), exact_trapezoid(y), about="4 samples")
    expect_raises(ValueError, lambda: student.trapezoid(y[:1]), about="a single sample")
