"""What raw durations are worth. All of them are made up; none is of a card."""

from __future__ import annotations

import dataclasses

import pytest

from autograder.triton_tasks.samples import NotSamples, Repetitions, Samples
from autograder.triton_tasks.speed import Impossible, Threshold, Unsteady, judge

GB = 10**9


def repeated(milliseconds: float, host: float | None = None, spread: float = 0.0) -> Repetitions:
    """40 repetitions, whose middle half is so wide."""
    durations = [milliseconds * (1 + spread * (n / 20 - 1)) for n in range(41)]
    return Repetitions(tuple(durations), milliseconds if host is None else host)


# A copy of one GB, two GB moved, in 1 ms: 2,000 GB/s.
STEADY = Samples(repeated(2.0), repeated(1.0), repeated(1.0), 2 * GB)


def changed(**parts: Repetitions) -> Samples:
    return dataclasses.replace(STEADY, **parts)


def test_a_steady_run_has_a_figure():
    speed = judge(STEADY, 2 * GB)
    assert speed.milliseconds == 2.0
    assert speed.copy_gbps == pytest.approx(2000)
    assert speed.gbps(2 * GB) == pytest.approx(1000)
    assert speed.fraction(2 * GB) == pytest.approx(0.5)
    assert speed.tflops(4e12) == pytest.approx(2000)


def test_a_few_slow_repetitions_count_for_nothing():
    run = Repetitions((*[2.0] * 37, 9.0, 9.0, 50.0), 2.0)
    assert judge(changed(run=run), 2 * GB).milliseconds == 2.0


def test_the_copy_is_the_mean_of_before_and_after():
    speed = judge(changed(copy_after=repeated(1.02)), 2 * GB)
    assert speed.copy_gbps == pytest.approx(2000 / 1.01)


@pytest.mark.parametrize(
    "samples",
    [
        changed(copy_after=repeated(1.05)),
        changed(copy_before=repeated(1.05)),
        changed(run=repeated(2.0, spread=0.1)),
        changed(copy_before=repeated(1.0, spread=0.1)),
        changed(run=Repetitions((*[2.0] * 20, *[2.2] * 20), 2.1)),  # throttled half-way
    ],
    ids=["slower after", "faster after", "shared", "shared copy", "throttled"],
)
def test_a_card_that_is_not_itself_has_none(samples):
    with pytest.raises(Unsteady):
        judge(samples, 2 * GB)


def test_events_that_a_kernel_has_written_into_are_contradicted():
    with pytest.raises(Unsteady, match="contradict"):
        judge(changed(run=repeated(1.0, host=2.0)), GB)


def test_the_gap_between_short_launches_is_no_contradiction():
    run = repeated(0.05, host=0.09)
    judge(changed(run=run), 90_000_000)


def test_more_than_the_copy_is_no_record():
    assert judge(changed(run=repeated(1.0 / 1.04)), 2 * GB).fraction(2 * GB) > 1
    with pytest.raises(Impossible, match=r"2,200 GB/s is 1\.10"):
        judge(changed(run=repeated(1.0 / 1.1)), 2 * GB)


@pytest.mark.parametrize(
    ("fraction", "share"), [(0.0, 0.0), (0.4, 0.0), (0.5, 0.2), (0.65, 0.5), (0.9, 1.0), (1.0, 1.0)]
)
def test_points_rise_with_the_fraction(fraction, share):
    assert Threshold(0.4, 0.9).share(fraction) == pytest.approx(share)


def test_samples_survive_the_way():
    assert Samples.from_json(STEADY.to_json()) == STEADY


REPEATED = {"milliseconds": [1.0], "host_milliseconds": 1.0}


@pytest.mark.parametrize(
    "value",
    [
        None,
        {},
        [],
        {"run": REPEATED, "copy_before": REPEATED, "copy_after": REPEATED},
        *(
            {"run": run, "copy_before": REPEATED, "copy_after": REPEATED, "copy_bytes": size}
            for run, size in [
                (REPEATED, 0),
                (REPEATED, 1.5),
                (REPEATED, True),
                (None, 8),
                ({"milliseconds": [], "host_milliseconds": 1.0}, 8),
                ({"milliseconds": [1.0] * 10_001, "host_milliseconds": 1.0}, 8),
                ({"milliseconds": ["1"], "host_milliseconds": 1.0}, 8),
                ({"milliseconds": [float("nan")], "host_milliseconds": 1.0}, 8),
                ({"milliseconds": [0.0], "host_milliseconds": 1.0}, 8),
                ({"milliseconds": [-1.0], "host_milliseconds": 1.0}, 8),
                ({"milliseconds": [1.0], "host_milliseconds": float("inf")}, 8),
                ({"milliseconds": 1.0, "host_milliseconds": 1.0}, 8),
            ]
        ),
    ],
)
def test_what_is_no_measurement_is_refused(value):
    with pytest.raises(NotSamples):
        Samples.from_json(value)
