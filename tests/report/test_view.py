import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from autograder.report.inert import plain
from autograder.report.view import STATUSES, points, view
from autograder.result import Adjustment, Confinement, Diagnosis, Status
from tests.report.samples import HOSTILE, exercise, hostile, result, sample, test


def strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for item in part:
            yield from strings(item)
    elif dataclasses.is_dataclass(part):
        for field in dataclasses.fields(part):
            yield from strings(getattr(part, field.name))


@pytest.mark.parametrize("text", HOSTILE)
def test_every_string_is_plain(text: str) -> None:
    for string in strings(view(hostile(text))):
        for line in string.split("\n"):
            assert plain(line.strip(), limit=5000) == " ".join(line.split())


def test_every_status_has_words_of_its_own() -> None:
    assert set(STATUSES) == set(get_args(Status))
    assert len({status.label for status in STATUSES.values()}) == len(STATUSES)
    assert len({status.words for status in STATUSES.values()}) == len(STATUSES)


@pytest.mark.parametrize(
    ("value", "written"),
    [(9.0, "9"), (4.5, "4.5"), (1 / 3, "0.333"), (100.0, "100"), (0.0, "0"), (-0.0001, "0")],
)
def test_points_are_short(value: float, written: str) -> None:
    assert points(value) == written


def test_tests_that_end_alike_are_told_once() -> None:
    shared = exercise(
        test("a", "failed", feedback="zeros"),
        test("b", "passed"),
        test("c", "failed", feedback="zeros", score=1.0),
        test("d", "error", feedback="zeros"),
        test("e", "failed", feedback="ones"),
        test("f", "passed"),
    )
    (told,) = view(result(exercises=[shared])).exercises
    assert [(o.titles, o.feedback, o.points) for o in told.outcomes] == [
        (("a", "c"), "zeros", "1 / 6"),
        (("b",), "", "3 / 3"),
        (("d",), "zeros", "0 / 3"),
        (("e",), "ones", "0 / 3"),
        (("f",), "", "3 / 3"),
    ]


def test_hints_are_for_answers_that_could_be_better() -> None:
    tests = [
        test("a", "failed", feedback="no", hint="a hint"),
        test("b", "missing", feedback="none", hint="of no use"),
        # What several met alike has one cause, which their hints are not about.
        test("c", "error", feedback="the same", hint="of c"),
        test("d", "error", feedback="the same", hint="of d"),
    ]
    (told,) = view(result(exercises=[exercise(*tests)])).exercises
    assert [outcome.hint for outcome in told.outcomes] == ["a hint", "", ""]


def test_a_score_that_is_null_is_never_a_zero() -> None:
    broken = exercise(
        test("a", "grader_error", feedback="x"), test("b", "grader_error", feedback="x"), score=None
    )
    report = view(result(status="grader_error", score=None, final_score=None, exercises=[broken]))
    assert report.total == "no score"
    assert report.share is None
    assert report.exercises[0].points == "- / 15"
    assert report.exercises[0].outcomes[0].points == "- / 6"


def test_what_waits_for_a_gpu_is_no_loss() -> None:
    parts = [test("a", "deferred", max_score=20.0), test("b", "deferred", max_score=10.0)]
    waiting = exercise(*parts, max_score=0.0, deferred_score=30.0)
    mixed = exercise(score=9.0, deferred_score=2.5)
    report = view(result(max_score=15.0, deferred_score=32.5, exercises=[waiting, mixed]))
    assert [e.points for e in report.exercises] == ["30 deferred", "9 / 15, 2.5 deferred"]
    assert [e.share for e in report.exercises] == [None, 0.6]
    assert report.exercises[0].outcomes[0].points == "20 deferred"
    assert report.deferred.startswith("32.5 more")


def test_adjustments_show_what_they_adjust() -> None:
    late = [Adjustment(reason="late", points=-4.1), Adjustment(reason="bonus", points=2)]
    report = view(result(score=41.0, max_score=50.0, final_score=38.9, adjustments=late))
    assert report.total == "38.9 / 50"
    assert report.earned == "41 from the exercises"
    assert report.adjustments == (("-4.1", "late"), ("+2", "bonus"))


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, ""),
        ({"namespaces": []}, ""),
        ({"landlock": None}, "neither Landlock nor"),
        ({"landlock": None, "namespaces": ["mount"]}, ""),
        ({"landlock": None, "user": "nobody"}, ""),
        ({"seccomp": False}, "no seccomp"),
    ],
)
def test_missing_confinement_raises_an_alarm(changes: dict[str, Any], missing: str) -> None:
    whole: dict[str, Any] = {"landlock": 7, "seccomp": True, "namespaces": ["pid"], "user": "x"}
    alarm = view(result(confinement=Confinement(**(whole | changes)))).alarm
    assert bool(alarm) == bool(missing)
    assert missing in alarm


def test_a_diagnosis_is_two_sentences() -> None:
    named = Diagnosis(mistake="m", title="One maximum.", text="All rows\n    share it.")
    (told,) = view(result(exercises=[exercise(diagnosis=[named])])).exercises
    assert told.diagnosis == ("One maximum. All rows share it.",)


def test_measurements_are_single_figures() -> None:
    measured = {
        "walks_read": 1.0,
        "error": 3.14159e-8,
        "spills": 0,
        "fits": True,
        "curve": [[1, 2]],
    }
    (told,) = view(result(exercises=[exercise(measurements=measured)])).exercises
    assert told.measurements == ("walks read 1", "error 3.142e-08", "spills 0", "fits yes")


def test_the_seed_is_left_out_where_it_is_not_known() -> None:
    assert ("seed", "1234") in view(sample()).facts
    assert "seed" not in dict(view(result()).facts)


def test_the_template_engine_is_loaded_for_html_only() -> None:
    code = (
        "import sys, autograder.report.terminal, autograder.report.markdown;"
        "sys.exit('jinja2' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
