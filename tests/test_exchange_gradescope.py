"""``results.json`` as Gradescope has it: scores, who sees what, and text that does nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from autograder.exchange.gradescope import VISIBILITIES, gradescope_files, results_json
from autograder.exchange.roster import enter
from autograder.result import Result
from tests.conftest import ROOT
from tests.made_up import made_up
from tests.report.samples import HOSTILE, MARK, hostile, measured, rejected, sample
from tests.report.test_markdown import tokens, words_outside_code

SCHEMA = json.loads((ROOT / "tests/schemas/gradescope-results.json").read_text())


def written(result: Result, *args: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(results_json(result, *args))
    Draft202012Validator(SCHEMA).validate(document)
    return document


@pytest.mark.parametrize("make", [sample, measured, rejected], ids=lambda make: make.__name__)
def test_it_is_what_the_specification_says(make):
    document = written(make())
    assert document["score"] == make().final_score
    assert document["stdout_visibility"] == "hidden"


def test_the_seed_is_not_in_it():
    assert sample().seed == 1234
    assert "1234" not in json.dumps(written(sample()))


def test_the_final_score_counts_and_is_made_of_what_is_told():
    document = written(sample())
    assert document["score"] == 26.9
    assert "- -4.1 `2 days late`" in document["output"]
    assert "31 from the exercises" in document["output"]
    assert document["extra_data"]["onewalk"]["score"] == 31.0


def test_each_test_has_its_points_and_its_feedback():
    tests = {t["name"]: t for t in written(sample())["tests"]}
    passed, failed, partly = (
        tests[f"{name}: {title}"]
        for name, title in [
            ("naive", "exponentiates and divides"),
            ("stable", "stays finite for logits near 1000"),
            ("stable", "is within a tenth of the reference, for every batch of rows that fits"),
        ]
    )
    assert (passed["status"], passed["score"], passed["max_score"]) == ("passed", 3.0, 3.0)
    assert "output" not in passed
    assert (failed["status"], failed["score"]) == ("failed", 0.0)
    assert "NaN in 771 of 771 places" in failed["output"]
    assert "Hint: what can you subtract" in failed["output"]
    assert (partly["status"], partly["score"]) == ("failed", 1.0)
    assert partly["output"].startswith("**In part**")


def test_what_waits_for_a_gpu_neither_earns_nor_loses():
    deferred = [t for t in written(sample())["tests"] if "wait for a GPU" in t.get("output", "")]
    assert deferred
    assert not any({"score", "max_score", "status"} & t.keys() for t in deferred)
    assert "30 more are deferred" in written(sample())["output"]


def test_a_submission_that_cannot_be_read_has_zero_and_the_reason():
    document = written(rejected())
    assert document["score"] == 0
    assert "Nothing in this submission could be read" in document["output"]


@pytest.mark.parametrize("visibility", VISIBILITIES)
def test_all_tests_are_seen_at_the_same_time(visibility):
    document = written(sample(), visibility)
    assert {t["visibility"] for t in document["tests"]} == {visibility}
    assert document["visibility"] == visibility


def test_only_who_has_a_nickname_is_on_the_leaderboard():
    result = measured()
    named = result.model_copy(
        update={"exercises": [e.model_copy(update={"nickname": "ada"}) for e in result.exercises]}
    )
    nameless = result.model_copy(
        update={"exercises": [e.model_copy(update={"nickname": None}) for e in result.exercises]}
    )
    assert "leaderboard" not in written(nameless)
    board = written(named)["leaderboard"]
    places = {place["name"]: place["value"] for place in board}
    assert places["online_softmax, middle: share of the bound"] == 0.6
    assert all(place["order"] == "desc" for place in board)
    assert "ada" not in json.dumps(board)  # Gradescope has pseudonyms of its own


@pytest.mark.parametrize("whole", ["graded", "rejected"])
@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_hostile_text_stays_in_code(text, whole):
    document = written(hostile(text, whole=whole))
    for output in (document["output"], *(t.get("output", "") for t in document["tests"])):
        assert MARK not in words_outside_code(output)
        kinds = {token.type for token in tokens(output)}
        assert not {"link_open", "image", "html_inline", "html_block"} & kinds
        assert all(line.isprintable() for line in output.split("\n"))
    assert all(test["name"].isprintable() for test in document["tests"])


def test_who_has_no_grade_gets_no_file(tmp_path: Path):
    results = {
        "s001": made_up(stable=20.0),
        "Zoë": made_up(stable=25.0, submitted_at="2026-11-20T10:00:00Z"),
        "failed": made_up(stable=None),
        "waits": made_up(stable=20.0, deferred=30.0),
        "set": made_up(stable=20.0, deferred=30.0),
    }
    files = gradescope_files(enter(results, None, ["set"]))
    assert sorted(files) == ["Zoë/results.json", "s001/results.json", "set/results.json"]
    assert json.loads(files["s001/results.json"])["score"] == 20.0
