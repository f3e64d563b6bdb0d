"""What ``try --github`` tells a step of GitHub Actions."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from autograder.actions import Attempt, annotate, outputs, summary
from autograder.cli import app
from autograder.examples import NOT_WRITTEN, Example, Tried, try_exercise, try_sheet
from autograder.exchange.reporter import runner_ids
from autograder.sandbox.loader import Source
from tests.conftest import ROOT
from tests.report.samples import HOSTILE, MARK
from tests.report.test_markdown import skeleton, words_outside_code

STUB = '''"""Doubles."""


def twice(x):
    """Double it.

    >>> x = 2
    >>> twice(x)
    4
    >>> twice(3)
    6
    """
    raise NotImplementedError


def half(x):
    """Halve it.

    >>> half(4)
    2.0
    """
    raise NotImplementedError
'''
PATH = "exercises/double.py"


def attempt(text: str, tried: Tried | None = None, name: str = "double") -> Attempt:
    file = Source(PATH, text)
    if tried is None:
        tried = try_exercise(name, STUB, [file], {name: 0}, 20)
    return Attempt(name, PATH, STUB, tried, file)


def wrong(n: int = 1, **more: object) -> Tried:
    examples = [
        Example("twice", f"twice({i})\n", "4\n", "5\n", False, **more)  # type: ignore[arg-type]
        for i in range(n)
    ]
    return Tried(examples)


def line_of(text: str, what: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if what in line)


def told(*attempts: Attempt) -> list[str]:
    return list(annotate(attempts))


def test_an_error_stands_where_it_was_raised():
    text = STUB.replace("raise NotImplementedError", "return 1 / len([])  # here", 1)
    found = told(attempt(text))
    line = line_of(text, "# here")
    assert [f.partition(",title")[0] for f in found] == [
        f"::error file={PATH},line={line}",
        f"::error file={PATH},line={line}",
        f"::notice file={PATH},line={line_of(text, 'raise NotImplementedError')}",
    ]
    assert "ZeroDivisionError" in found[0]
    assert f"`{PATH}`, line {line}" in summary([attempt(text)])
    assert "not written yet" not in summary([attempt(text)])


def test_what_follows_from_a_failure_is_not_told():
    """Where ``y = f(x)`` failed there is no y."""
    stub = STUB.replace(">>> x = 2\n", ">>> y = twice(2)\n    >>> y\n    4\n")
    for text, kind in ((stub, "notice"), (stub.replace("raise", "raise 1 if x else"), "error")):
        tried = try_exercise("double", stub, [Source(PATH, text)], {"double": 0}, 20)
        whole = Attempt("double", PATH, stub, tried, Source(PATH, text))
        assert all("NameError" not in line for line in told(whole))
        assert {line.partition(" ")[0] for line in told(whole)} == {f"::{kind}"}
        runner = json.loads(base64.b64decode(outputs([whole])["double"]))
        assert runner["max_score"] == 4


def test_a_wrong_answer_stands_at_its_example():
    text = STUB.replace("raise NotImplementedError", "return 5", 1)
    places = [f.partition(",title")[0] for f in told(attempt(text))]
    assert places[:2] == [
        f"::error file={PATH},line={line_of(text, typed)}"
        for typed in (">>> twice(x)", ">>> twice(3)")
    ]


def test_an_example_that_is_not_in_the_file_stands_at_its_function():
    text = "import os\n\ndef twice(x):\n    return 5\n"
    found = told(attempt(text))
    assert f"file={PATH},line=3,title=double%3A twice::" in found[1]


def test_a_file_that_is_no_python_stands_at_its_line():
    text = STUB.replace("def half(x):", "def half(x:")
    tried = try_exercise("double", STUB, [Source(PATH, text)], {"double": 0}, 20)
    (found,) = told(Attempt("double", PATH, STUB, tried, Source(PATH, text)))
    assert found.startswith(f"::error file={PATH},line={line_of(text, 'def half')},title=double::")
    assert "SyntaxError" in found
    # All of its examples are still counted, and none passed.
    assert "| 0 of 3 examples |" in summary([attempt(text, tried)])


def test_what_is_not_written_yet_is_no_error():
    (found,) = told(attempt(STUB))
    line = line_of(STUB, "raise NotImplementedError")
    assert found == f"::notice file={PATH},line={line},title=double::{NOT_WRITTEN}: twice, half"
    assert "| not written yet |" in summary([attempt(STUB)])


def test_questions_of_a_sheet_stand_at_their_lines():
    stub = 'a = ""\n[one]\nb = ""\n[two]\nb = ""\n'
    sheet = 'a = 1\n[one]\nb = 2\n[two]\nb = ""\n'
    tried = try_sheet(stub, sheet)
    whole = Attempt(
        "drills", "exercises/drills.toml", stub, tried, Source("exercises/drills.toml", sheet)
    )
    (found,) = told(whole)
    assert found == (
        "::notice file=exercises/drills.toml,line=5,title=drills::1 of 3 are not answered yet"
    )
    assert "| 2 of 3 answers |" in summary([whole])
    broken = "a = 1\nb = = 2\n"
    tried = try_sheet(stub, broken)
    (found,) = told(Attempt("drills", "d.toml", stub, tried, Source("d.toml", broken)))
    assert found.startswith("::error file=d.toml,line=2,title=drills::This is not TOML")


def test_no_more_than_are_shown_and_each_exercise_first():
    many = [attempt(STUB, wrong(4), name) for name in ("a", "b", "c", "d")]
    found = told(*many)
    assert len(found) == 10
    titles = [f.partition("title=")[2].partition("%3A")[0] for f in found[:5]]
    assert titles == ["a", "b", "c", "d", "a"]
    assert (
        found[-1] == "::error title=More::7 more; the job summary has the first of each exercise."
    )


@pytest.mark.parametrize(
    "text",
    ["::error::x", "a\n::warning::x", "%0A::notice::x", "\x1b[31mred\r::add-mask::x", "##[group]"],
)
def test_nothing_gets_out_of_an_annotation(text: str):
    tried = Tried([Example("twice", text, text, text, False, f"{PATH}\n{text}", 1)], text, text)
    found = told(attempt(STUB, tried, name="double"))
    assert len(found) == 2
    for line in found:
        head, _, message = line.removeprefix("::error ").partition("::")
        assert "\n" not in line
        assert "\r" not in line
        assert "::" not in message
        assert "##[" not in message
        assert "title=double" in head
        if "%" in text:
            assert "%250A" in message
    encoded = outputs([attempt(STUB, tried)])["double"]
    assert b"::" not in base64.b64decode(encoded)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_the_summary_is_inert(text: str):
    def shown(text: str) -> str:
        tried = Tried([Example("twice", text, text, text, False, text, 7)], text, text)
        return summary([attempt(STUB, tried)])

    assert skeleton(shown(text)) == skeleton(shown("harmless"))
    assert MARK not in words_outside_code(shown(text))


def test_the_reporter_counts_every_example_once():
    for text in (
        STUB,
        STUB.replace("raise NotImplementedError", "return 2 * x", 1),
        "syntax error",
    ):
        runner = json.loads(base64.b64decode(outputs([attempt(text)])["double"]))
        assert len(runner["tests"]) == runner["max_score"] == 3
        passes = sum(t["status"] == "pass" for t in runner["tests"])
        assert passes == sum(t["score"] for t in runner["tests"])
        assert runner["status"] == "fail"


def test_what_is_wrong_besides_is_not_lost():
    good = Tried([Example("", "a = 1", "an answer", "", True)], "Not asked for: b.", unit="answers")
    whole = Attempt("drills", "d.toml", 'a = ""\n', good, Source("d.toml", "a = 1\nb = 2\n"))
    runner = json.loads(base64.b64decode(outputs([whole])["drills"]))
    assert runner["status"] == "fail"
    assert [t["status"] for t in runner["tests"]] == ["pass", "error"]


def test_the_reporters_names_are_distinct_words():
    names = ["log_sum_exp", "logsumexp", "LogSumExp", "größe", "runners", "é"]
    ids = runner_ids(names)
    assert list(ids.values()) == [
        "logsumexp",
        "logsumexp2",
        "logsumexp3",
        "gre",
        "runners2",
        "exercise",
    ]


def test_outside_of_a_step(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    done = CliRunner().invoke(app, ["try", "--github", "--kit", str(ROOT), "--only", "drills"])
    assert done.exit_code == 2
    assert "GITHUB_STEP_SUMMARY is not set" in done.output


def test_a_step_that_fails_is_told_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    done = CliRunner().invoke(app, ["try", "--github", "--kit", str(ROOT), "--only", "nothing"])
    assert done.exit_code == 2
    assert list(tmp_path.iterdir()) == []
    first, *_, last = done.stdout.splitlines()
    assert first.startswith("::stop-commands::")
    assert last == f"::{first.removeprefix('::stop-commands::')}::"
