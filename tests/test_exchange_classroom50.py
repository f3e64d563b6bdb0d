"""``result.json`` as Classroom 50 has it: whole numbers that nobody gains by, and identities."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from autograder.exchange.classroom50 import (
    Identity,
    classroom50_files,
    release_body,
    result_json,
    status_and_summary,
)
from autograder.exchange.roster import enter
from autograder.result import Adjustment, ExerciseResult, Result
from tests.conftest import ROOT
from tests.made_up import made_up
from tests.report.samples import HOSTILE, exercise, hostile, result, sample, test

SCHEMA = json.loads((ROOT / "tests/schemas/classroom50-result.json").read_text())
WHO = Identity(
    classroom="cs",
    assignment="hello",
    assignment_type="individual",
    owner="alice",
    submission="submit/2026-11-20T09-00-05Z-a1b2c3d",
    commit="https://example.org/commit",
    release="https://example.org/release",
    review="https://example.org/review",
    datetime="2026-11-20T09:00:00Z",
)


def written(graded: Result) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(result_json(graded, WHO))
    Draft202012Validator(SCHEMA).validate(document)
    assert document["score"] <= document["max-score"]
    assert all(t["score"] <= t["max-score"] for t in document["tests"])
    assert document["max-score"] == sum(t["max-score"] for t in document["tests"])
    return document


def of(*exercises: ExerciseResult, **changes: Any) -> Result:
    score = sum(e.score or 0.0 for e in exercises)
    most = sum(e.max_score for e in exercises)
    whole = {"score": score, "final_score": score, "max_score": most}
    return result(exercises=list(exercises), **(whole | changes))


def test_points_are_hundredths_and_their_sum_is_the_score():
    document = written(of(exercise(score=8.2, max_score=10.0), exercise(name="x", score=5.0)))
    assert [t["score"] for t in document["tests"]] == [820, 500]
    assert (document["score"], document["max-score"]) == (1320, 2500)
    assert document["owner"] == "alice"


points = st.floats(0, 100).map(lambda p: round(p, 6))


@given(st.lists(st.tuples(points, points).map(sorted), min_size=1, max_size=6))
def test_nobody_gets_more_than_was_earned_and_full_marks_stay_full_marks(pairs):
    parts = [exercise(name=f"e{n}", score=s, max_score=m) for n, (s, m) in enumerate(pairs)]
    document = written(of(*parts))
    for (score, most), entry in zip(pairs, document["tests"], strict=True):
        assert entry["score"] <= 100 * score + 0.001
        assert entry["score"] > 100 * score - 2
        assert entry["passed"] == (score >= most - 1e-6)
        assert (entry["score"] == entry["max-score"]) == (entry["passed"] or entry["max-score"] < 1)
    assert document["score"] == sum(t["score"] for t in document["tests"])


def test_a_hundredth_that_cannot_be_told_is_still_no_full_mark():
    (entry,) = written(of(exercise(score=3.3301, max_score=3.333333)))["tests"]
    assert entry == {"test-name": "stable", "passed": False, "score": 332, "max-score": 333}


def test_late_days_come_off_the_score_and_not_off_the_tests():
    late = Adjustment(reason="2 days late", points=-4.1)
    graded = of(exercise(score=9.0), final_score=4.9, adjustments=[late])
    document = written(graded)
    assert document["score"] == 490
    assert document["tests"][0]["score"] == 900
    assert "2 days late" in release_body(graded)


def test_extra_points_go_no_further_than_all_points():
    extra = Adjustment(reason="early", points=2.0)
    document = written(of(exercise(score=15.0), final_score=17.0, adjustments=[extra]))
    assert document["score"] == document["max-score"] == 1500


def test_what_is_deferred_is_no_test_that_failed():
    waits = exercise(name="gpu", score=0.0, max_score=0.0, deferred_score=15.0)
    graded = of(exercise(score=15.0), waits, deferred_score=15.0)
    assert [t["test-name"] for t in written(graded)["tests"]] == ["stable"]
    assert status_and_summary(graded) == (
        "success",
        "15 / 15 points; 15 more are deferred: they wait for PyTorch or a GPU",
    )


def test_the_release_shows_the_report_without_the_seed():
    body = release_body(sample())
    assert "stays finite for logits near 1000" in body
    assert "1234" not in body


def test_a_report_too_long_for_github_is_cut_to_its_scores():
    long = [test(f"t{n}", "failed", feedback=f"{n} {'word ' * 300}") for n in range(200)]
    graded = of(exercise(*long, score=0.0))
    assert len(release_body(graded)) < 125_000
    assert "0 / 15" in release_body(graded)


@pytest.mark.parametrize("text", HOSTILE)
def test_names_are_one_line_and_never_empty(text):
    graded = hostile(text).model_copy(update={"graded_at": "2026-11-21T10:00:00Z"})
    for entry in written(graded)["tests"]:
        assert entry["test-name"].isprintable()
        assert entry["test-name"].strip()


# ------------------------------------------------------------------ a class


def downloaded(folder: Path, student: str, **changes: Any) -> None:
    """What ``gh teacher download`` leaves of a submission."""
    clone = folder / student
    clone.mkdir(parents=True)
    said = json.loads(result_json(made_up(stable=0.0), WHO)) | {"owner": student} | changes
    (clone / "result.json").write_text(json.dumps(said))


def test_a_class_gets_its_results_where_its_own_were(tmp_path: Path):
    downloaded(tmp_path, "cs-hello-alice", submission="submit/a")
    downloaded(tmp_path, "cs-hello-Zoë", submission="submit/z")
    results = {"cs-hello-alice": made_up(stable=20.0), "cs-hello-Zoë": made_up(stable=25.0)}
    files, said = classroom50_files(enter(results, None), tmp_path)
    assert not said
    document = json.loads(files["cs-hello-Zoë/result.json"])
    assert (document["submission"], document["score"]) == ("submit/z", 2500)
    # A second run finds its own work, and says the same.
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert classroom50_files(enter(results, None), tmp_path) == (files, [])


def test_who_has_no_result_of_classroom_50_is_told(tmp_path: Path):
    downloaded(tmp_path, "odd", schema="classroom50/result/v2")
    downloaded(tmp_path, "empty", release="")
    downloaded(tmp_path, "pair", assignment_type="pair")
    downloaded(tmp_path, "tag", submission="submit/$(reboot)")
    downloaded(tmp_path, "time", datetime="yesterday")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "result.json").write_text("[" * 100_000)
    (tmp_path / "linked").mkdir()
    downloaded(tmp_path, "real")
    (tmp_path / "linked" / "result.json").symlink_to(tmp_path / "real" / "result.json")
    names = ["odd", "empty", "pair", "tag", "time", "broken", "linked", "none", "real"]
    results = {name: made_up(stable=20.0) for name in names} | {"failed": made_up(stable=None)}
    files, (said,) = classroom50_files(enter(results, None), tmp_path)
    assert list(files) == ["real/result.json"]
    assert "gh teacher download" in said
    assert said.endswith(": broken, empty, linked, none, odd, pair, tag, time")


def test_who_has_more_than_all_points_is_told(tmp_path: Path):
    downloaded(tmp_path, "s001")
    extra = Adjustment(reason="early", points=2.0)
    graded = made_up(stable=25.0).model_copy(update={"final_score": 27.0, "adjustments": [extra]})
    files, (said,) = classroom50_files(enter({"s001": graded}, None), tmp_path)
    assert json.loads(files["s001/result.json"])["score"] == 2500
    assert said.endswith(": s001")
