"""The assignment is fair: right solutions lose nothing, trivial ones earn nothing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from autograder.intake import read_submission
from tests.conftest import ROOT, SEED, autograder, exercise

HONEST = sorted((ROOT / "tests/honest").glob("*/*.py"))
EXAMPLES = {
    "perfect": 40.0,
    "typical": 33.4,
    "untouched": 0.0,
    "broken": 24.4,
    "notebook.ipynb": 39.1,
    "zipped.zip": 34.3,
}


@pytest.mark.parametrize("path", HONEST, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_right_solutions_of_any_style_earn_everything(graded, path: Path):
    result = graded(**{path.parent.name: path.read_text()})
    lost = [t for e in result.exercises for t in e.tests if t.status != "passed"]
    assert not lost, [(t.id, t.feedback) for t in lost]
    assert result.score == result.max_score


def test_there_are_right_solutions_of_each_exercise(kit):
    for name in kit.exercises:
        assert sum(p.parent.name == name for p in HONEST) >= 8


@pytest.mark.parametrize(("name", "score"), EXAMPLES.items())
def test_examples(grader, kit, name, score):
    result = grader.grade(read_submission(ROOT / "examples" / name, kit.files), SEED)
    assert result.status == "graded"
    assert result.score == pytest.approx(score)


def test_the_untouched_example_is_the_stubs(kit):
    for known in kit.exercises.values():
        copy = ROOT / "examples/untouched/exercises" / known.stub.name
        assert copy.read_bytes() == known.stub.read_bytes()


def test_there_are_no_other_examples():
    assert {p.name for p in (ROOT / "examples").iterdir()} == set(EXAMPLES)


@pytest.mark.parametrize("seed", [0, 1, 2**48 - 1])
def test_the_references_earn_everything_whatever_the_seed(grader, kit, seed):
    result = grader.grade(read_submission(ROOT / "reference", kit.files), seed)
    assert result.score == result.max_score == 40


# Answers that need no thought, for a function of an array; x is the input.
TRIVIAL = {
    "zeros": "np.zeros_like(x)",
    "ones": "np.ones_like(x)",
    "uniform": "np.full_like(x, 1 / x.shape[-1])",
    "NaN": "np.full(x.shape, np.nan, x.dtype)",
    "the input": "x.copy()",
    "the maximum": "np.full_like(x, x.max())",
    "one-hot": "(x == x.max(-1, keepdims=True)).astype(x.dtype)",
    "the mean": "np.full_like(x, x.mean())",
    "ValueError": "error()",
    "the answer before": "before(x)",
    "float16 within": "half(x)",
}
HELPERS = """
import numpy as np

def error():
    raise ValueError

last = [np.ones(3)]

def before(x):
    old = last[0]
    e = np.exp(x - x.max())
    last[0] = e / e.sum()
    return np.resize(old, x.shape).astype(x.dtype)

def half(x):
    y = x.astype(np.float16)
    with np.errstate(all="ignore"):
        e = np.exp(y - y.max(-1, keepdims=True))
        return (e / e.sum(-1, keepdims=True)).astype(x.dtype if x.dtype.kind == "f" else float)

def whole(x):
    return x if x.dtype.kind == "f" else x.astype(float)
"""


@pytest.mark.parametrize("answer", TRIVIAL.values(), ids=TRIVIAL)
def test_trivial_answers_earn_less_than_a_tenth(graded, answer):
    body = f"    x = whole(x)\n    with np.errstate(all='ignore'):\n        return {answer}\n"
    pair = {"NaN": "(np.nan, np.nan)", "ValueError": "error()"}
    pairs = [pair.get(answer, p) for p in ("(0.0, 0.0)", "(float('-inf'), 0.0)", "(0.0, 1.0)")]
    for returned in pairs:
        result = graded(
            naive=f"{HELPERS}\ndef softmax_naive(x):\n{body}",
            stable=f"{HELPERS}\ndef softmax_stable(x, axis=-1):\n{body}",
            online=f"{HELPERS}\ndef online_normalizer(s):\n    return {returned}\n"
            f"def softmax_online(x):\n{body}",
        )
        for name in ("naive", "stable", "online"):
            got = exercise(result, name)
            assert got.score < 0.1 * got.max_score, [
                t.id for t in got.tests if t.status == "passed"
            ]


def test_titles_tell_tests_of_one_exercise_apart(grader):
    titles = [(t.exercise, t.title) for t in grader.tests]
    assert len(set(titles)) == len(titles)
    assert len(titles) >= 45


def test_try_passes_on_a_right_submission_and_not_on_the_stubs():
    right = autograder("try", "examples/perfect")
    assert right.returncode == 0, right.stdout
    assert "not written yet" in autograder("try").stdout


def test_try_shows_a_syntax_error_in_the_file_being_worked_on(tiny):
    (tiny / "exercises/trapezoid.py").write_text("def trapezoid(y, dx=1.0:\n    pass\n")
    done = autograder("try", cwd=tiny)
    assert done.returncode == 1
    assert "trapezoid.py" in done.stdout
    assert "SyntaxError" in done.stdout


def test_try_counts_what_shows_something():
    assert "stable          0 of 5 examples" in autograder("try", "--only", "stable").stdout


def test_try_says_where_the_examples_went(tiny):
    shutil.copy(tiny / "reference/trapezoid.py", tiny / "exercises")
    done = autograder("try", cwd=tiny)
    assert done.returncode == 1
    assert "the stub's docstrings hold them" in done.stdout


def test_try_takes_every_shape_of_submission():
    notebook = autograder("try", "examples/notebook.ipynb", "--only", "naive")
    assert notebook.returncode == 0, notebook.stdout
    assert autograder("try", "examples/zipped.zip").returncode in (0, 1)


def test_try_stops_an_endless_loop(tiny):
    (tiny / "exercises/trapezoid.py").write_text(
        (tiny / "exercises/trapezoid.py").read_text() + "\nwhile True: pass\n"
    )
    done = autograder("try", cwd=tiny)
    assert done.returncode == 1
    assert "did not finish within 2 seconds" in done.stdout


def test_check_is_green():
    done = autograder("check")
    assert done.returncode == 0, done.stdout
    assert "All of these hold." in done.stdout


def test_check_finds_a_mistake_that_costs_nothing(tiny):
    right = (tiny / "reference/trapezoid.py").read_text()
    (tiny / "reference/mistakes/trapezoid/none.py").write_text(right)
    done = autograder("check", cwd=tiny)
    assert done.returncode == 1
    assert "FAIL trapezoid: none loses points" in done.stdout


def test_the_version_is_one():
    from autograder import __version__

    document = json.loads(autograder("grade", "reference", "--json", "-").stdout)
    assert document["kit"]["version"] == __version__


def test_try_runs_where_there_is_no_unix():
    """On other systems neither limits nor a fork server can even be imported."""
    import subprocess
    import sys

    code = (
        "import sys\n"
        "sys.modules['resource'] = None\n"
        "sys.argv = ['autograder', 'try', 'examples/perfect']\n"
        "from autograder.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_what_is_printed_on_the_way_out_is_not_the_answer(tmp_path):
    right = (ROOT / "reference/naive.py").read_text()
    (tmp_path / "naive.py").write_text(f"import atexit\natexit.register(print, 'bye')\n{right}")
    done = autograder("try", tmp_path / "naive.py", "--only", "naive")
    assert done.returncode == 0, done.stdout
