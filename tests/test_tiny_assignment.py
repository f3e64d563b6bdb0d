"""The same grader on an assignment that has nothing to do with softmax."""

from __future__ import annotations

import json
from pathlib import Path

from tests.conftest import ROOT, autograder

TINY = ROOT / "docs/tiny-assignment"


def grade(submission: Path | str) -> dict:
    done = autograder("grade", submission, "--json", "-", "--kit", TINY)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_reference_scores_all():
    document = grade(TINY / "reference")
    assert document["kit"]["name"] == "trapezoid"
    assert (document["score"], document["max_score"]) == (10.0, 10.0)


def test_the_stub_scores_nothing():
    assert grade(TINY / "exercises")["score"] == 0


def test_check_is_green():
    done = autograder("check", "--kit", TINY)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rectangles loses points" in done.stdout


def test_try_runs_its_public_examples():
    assert autograder("try", TINY / "reference", "--kit", TINY).returncode == 0
    stub = autograder("try", cwd=TINY)
    assert stub.returncode == 1
    assert "not written yet" in stub.stdout
