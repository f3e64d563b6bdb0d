"""A mistake is named by what it answers, however it is written; else nothing is said."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from autograder.diagnose import Diagnoser
from autograder.grading import Grader
from autograder.kit import Kit
from autograder.mistakes import known_mistakes, own_submission
from autograder.result import ExerciseResult
from autograder.sandbox.servers import Servers
from autograder.selfcheck import run_checks
from tests.conftest import SEED

# The mean and the spread of numbers: small enough that every way to be wrong can be written here.
CONFIG = """
[kit]
name = "means"
version = "1"
[limits]
seconds = 0.5
[tolerance.float16]
relative = 1e-2
scale = 8
[tolerance.float32]
relative = 2e-5
scale = 20
[tolerance.float64]
relative = 1e-11
scale = 16
[exercise.NAME]
points = 10
functions = { mean = "array or number", spread = "number", total = "number", halves = "array" }
"""
RIGHT = """
import numpy as np

def mean(x):
    if not x.size:
        raise ValueError("nothing")
    return x.mean(axis=-1)

def spread(x):
    return float(x.max() - x.min())

def total(stream):
    return float(sum(stream))

def halves(x):
    return x / 2
"""
TESTS = """
import numpy as np
import pytest
from autograder.expect import *

exact_mean = oracle(lambda x: x.mean(axis=-1))
exact_half = oracle(lambda x: x / 2)

@pytest.mark.hint("h")
def test_rows(student, rng):
    for dtype in (np.float64, np.float32, np.float16):
        x = rng.uniform(-4, 4, (3, 5)).astype(dtype)
        expect_close(student.mean(x), exact_mean(x), about="3 rows")

@pytest.mark.hint("h")
def test_nothing(student, rng):
    expect_raises(ValueError, lambda: student.mean(np.zeros(0)), about="nothing")

@pytest.mark.hint("h")
def test_spread(student, rng):
    x = rng.uniform(-4, 4, 9)
    expect(abs(student.spread(x) - (x.max() - x.min())) < 1e-9, "Not the spread.")
    x += 1000  # whoever keeps x keeps another question
    expect(abs(student.spread(x) - (x.max() - x.min())) < 1e-9, "Not the spread.")

@pytest.mark.hint("h")
def test_total(student, rng):
    numbers = rng.uniform(-4, 4, 20_000)
    stream = student.stream(iter(numbers.tolist()))
    expect(abs(student.total(stream) - numbers.sum()) < 1e-6, "Not the total.")
    expect(stream.count == 20_000, f"Only {stream.count} numbers were read.")

@pytest.mark.hint("h")
def test_again_and_again(student, rng):
    x = rng.uniform(1, 4, 6)
    got, (after,) = student.halves.with_inputs(x)
    expect_close(got, exact_half(x), about="6 numbers")
    expect_equal(after, x, about="the input")
    for _ in range(3):
        x, got = got, student.halves(got)
        expect_close(got, exact_half(x), about="what was halved before")
"""
MEAN = "    return x.mean(axis=-1)\n"


NUMBER = itertools.count()


def instead(of: str, by: str) -> str:
    """The right solution with something else in a place."""
    assert of in RIGHT
    return RIGHT.replace(of, by)


def known(title: str, of: str, by: str) -> str:
    return f'"""{title}\n\nWhat to tell,\nand more.\n"""\n' + instead(of, by)


MISTAKES = {
    "one-mean": known("one mean", MEAN, "    return x.mean()\n"),
    "first-axis": known("the first axis", MEAN, "    return x.mean(axis=0)\n"),
    "median": known("a median", MEAN, "    return np.median(x, axis=-1)\n"),
    "extra": known("one too many", "(axis=-1)", "(axis=-1) * x.shape[-1] / (x.shape[-1] + EXTRA)")
    + "EXTRA = 1  # or 2, 3\n",
    "empty": known("nothing is 0", 'raise ValueError("nothing")', "return 0.0"),
    "key-error": known("a KeyError", 'ValueError("nothing")', 'KeyError("nothing")'),
    "loop": known("no end", "x.max() - x.min()", "x.max() - next(n for n in iter(int, 1) if n)"),
    "stops": known("one number", "sum(stream)", "next(stream) + sum(stream)"),
    "early": known("the first ones", "sum(stream)", "sum(n for n, _ in zip(stream, range(9)))"),
    "thirds": known("thirds", "x / 2", "x / 3"),
    "in-place": known("x is overwritten", "return x / 2", "x /= 2\n    return x"),
    "float64": known("always float64", MEAN, "    return x.astype(float).mean(axis=-1)\n"),
}


def build(root: Path, mistakes: dict[str, str], tests: str = TESTS) -> Kit:
    """An assignment of one exercise, with these mistakes."""
    name = f"means_{next(NUMBER)}"  # two graders at a time have modules of two names
    for folder in ("exercises", "hidden_tests", f"reference/mistakes/{name}"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "grader.toml").write_text(CONFIG.replace("NAME", name))
    (root / f"exercises/{name}.py").write_text("def mean(x):\n    raise NotImplementedError\n")
    (root / f"reference/{name}.py").write_text(RIGHT)
    (root / f"hidden_tests/test_{name}.py").write_text(tests)
    for mistake, source in mistakes.items():
        (root / f"reference/mistakes/{name}/{mistake}.py").write_text(source)
    return Kit.load(root)


@pytest.fixture(scope="module")
def means(tmp_path_factory: pytest.TempPathFactory, servers: Servers) -> Iterator[Grader]:
    kit = build(tmp_path_factory.mktemp("means"), MISTAKES)
    with Grader(kit, servers=servers) as grader:
        yield grader


def grade(grader: Grader, source: str, seed: int = SEED) -> ExerciseResult:
    exercise = next(iter(grader._exercises))
    return grader.grade(own_submission(grader._kit, "s", {exercise.name: source}), seed).exercises[
        0
    ]


def named(grader: Grader, source: str, seed: int = SEED) -> list[str]:
    result = grade(grader, source, seed)
    assert result.score < result.max_score
    return [diagnosis.title for diagnosis in result.diagnosis]


# ------------------------------------------------------------------ what is named


@pytest.mark.parametrize("name", [n for n in MISTAKES if n not in ("stops",)])
def test_a_mistake_is_named_itself(means, name):
    (diagnosis,) = grade(means, MISTAKES[name]).diagnosis
    assert diagnosis.mistake == name
    assert diagnosis.title == MISTAKES[name].partition("\n")[0].strip('"')
    assert diagnosis.text == "What to tell, and more."


@pytest.mark.parametrize(
    ("of", "by", "title"),
    [
        (MEAN, "    return sum(map(float, x.ravel())) / x.size\n", "one mean"),
        (MEAN, "    return np.sort(x, axis=-1)[..., x.shape[-1] // 2]\n", "a median"),
        (MEAN, "    return x.sum(axis=-1) / (x.shape[-1] + 3)\n", "one too many"),
        (MEAN, "    return np.array([float(n) for n in x.mean(-1)])\n", "always float64"),
        ('raise ValueError("nothing")', "raise IndexError", "a KeyError"),
        ("x.max() - x.min()", "[0 for _ in iter(int, 1)] or 1", "no end"),
        ("x / 2", "(x + x) / 6", "thirds"),
    ],
)
def test_however_it_is_written(means, of, by, title):
    assert named(means, instead(of, by)) == [title]


def test_a_wider_type_within_is_no_difference(means):
    by = "    return np.float64(x.astype(np.longdouble).mean()).astype(x.dtype)\n"
    assert named(means, instead(MEAN, by)) == ["one mean"]


def test_what_became_of_an_overwritten_input_does_not_matter(means):
    by = "y = x / 2\n    x[:] = 7\n    return y"
    assert named(means, instead("return x / 2", by)) == ["x is overwritten"]


def test_what_a_test_measures_counts_where_the_answers_are_right(tmp_path, servers):
    """`count` is no answer: nine numbers read, and the rest made up for, is a right total."""
    tests = TESTS.replace("numbers = rng.uniform(-4, 4, 20_000)", "numbers = np.zeros(20_000)")
    kit = build(tmp_path, {name: MISTAKES[name] for name in ("early", "thirds")}, tests)
    with Grader(kit, servers=servers) as grader:
        assert named(grader, MISTAKES["early"]) == ["the first ones"]
        assert named(grader, instead("sum(stream)", "sum(stream.__next__() for _ in [1])")) == [
            "the first ones"
        ]
        assert named(grader, instead("sum(stream)", "0.0 * len([*zip(stream, [])])")) == [
            "the first ones"
        ]
        more = "sum(n for n, _ in zip(stream, range(10_000)))"
        assert named(grader, instead("sum(stream)", more)) == []


def test_a_function_that_is_right_throughout_need_not_share_the_mistake(tmp_path, servers):
    both = known("both", MEAN, "    return x.mean()\n").replace("x / 2", "x / 3")
    kit = build(tmp_path, {"both": both})
    with Grader(kit, servers=servers) as grader:
        assert named(grader, instead(MEAN, "    return x.mean()\n")) == ["both"]
        assert named(grader, instead("x / 2", "x / 3")) == ["both"]
        assert named(grader, instead("x / 2", "x / 3").replace("(axis=-1)", "(0)")) == []


# ------------------------------------------------------------------ where nothing is said


def test_what_is_right_is_not_diagnosed_and_asks_no_mistake(means, monkeypatch):
    monkeypatch.setattr(Diagnoser, "known", lambda *_: pytest.fail("a mistake was asked"))
    result = grade(means, RIGHT)
    assert (result.score, result.diagnosis) == (10, [])


def test_a_stub_as_it_was_asks_no_mistake(means, monkeypatch):
    asked = "autograder.diagnose._Known._opened"
    monkeypatch.setattr(asked, lambda *_: pytest.fail("a mistake was asked"))
    body = "    raise NotImplementedError\n"
    stub = "".join(f"def {f}(*_):\n{body}" for f in ("mean", "spread", "total", "halves"))
    assert named(means, stub) == []


@pytest.mark.parametrize(
    ("of", "by"),
    [
        (MEAN, "    return x.mean(axis=-1) + 1e-6\n"),
        (MEAN, "    return x.max(axis=-1)\n"),
        (MEAN, "    return x.mean(axis=-1) if len(x) == 3 and x[0, 0] > 9 else None\n"),
        ("x.max() - x.min()", "1 // 0"),
        ("def mean", "import socket\nsocket.socket()\ndef mean"),
        ("def mean", "def meen"),
    ],
)
def test_an_unknown_mistake_is_not_named(means, of, by):
    assert named(means, instead(of, by)) == []


def test_two_mistakes_at_once_are_not_one(means):
    both = instead(MEAN, "    return x.mean()\n").replace("x / 2", "x / 3")
    assert named(means, both) == []


def test_a_mistake_in_one_place_is_not_named_for_another(means):
    by = "    return x.mean() if x.dtype == np.float16 else x.mean(axis=-1)\n"
    assert named(means, instead(MEAN, by)) == []


@pytest.mark.parametrize(("title", "said"), [("one mean", ["one mean"]), ("another", [])])
def test_only_mistakes_of_one_title_are_named(tmp_path, servers, title, said):
    again = known(title, MEAN, "    return np.mean(x)\n")
    kit = build(tmp_path, {"one-mean": MISTAKES["one-mean"], "same": again})
    with Grader(kit, servers=servers) as grader:
        assert named(grader, MISTAKES["one-mean"]) == said


def test_what_is_missing_speaks_for_no_mistake(tmp_path, servers):
    with Grader(build(tmp_path, {"thirds": MISTAKES["thirds"]}), servers=servers) as grader:
        assert named(grader, instead("def halves", "def halve")) == []
        assert named(grader, MISTAKES["thirds"]) == ["thirds"]


def test_a_question_that_rounding_decides_counts_for_neither(tmp_path, servers):
    """exp(16) is infinite in float16 alone."""
    at_once = """
    rows = [rng.uniform(-4, 4, (3, 5)).astype(t) for t in (np.float64, np.float32, np.float16)]
    rows[2][0, 0] = 4
    answers = [student.mean(x) for x in rows]
    for got, x in zip(answers, rows):
        expect_close(got, exact_mean(x), about="3 rows")
"""
    head, _, rest = TESTS.partition("    for dtype in")
    tests = head + at_once.lstrip("\n") + rest[rest.index("\n\n@") :]
    exp = known("exp", MEAN, "    return np.exp(x * 4).mean(axis=-1)\n")
    kit = build(tmp_path, {"exp": exp}, tests)
    wide = "    return np.exp(x.astype(float) * 4).mean(axis=-1).astype(x.dtype)\n"
    other = "    return np.expm1(x.astype(float) * 4).mean(axis=-1).astype(x.dtype)\n"
    with Grader(kit, servers=servers) as grader:
        assert named(grader, instead(MEAN, wide)) == ["exp"]
        assert named(grader, instead(MEAN, other)) == []


def test_arithmetic_that_raises_is_like_arithmetic_that_overflows(tmp_path, servers):
    numpys = known("no shift", MEAN, "    return np.log(np.exp(x * 1e3).mean(axis=-1))\n")
    pythons = (
        "    rows = [[math.exp(1e3 * float(n)) for n in row] for row in x]\n"
        "    return np.array([math.log(sum(r) / len(r)) for r in rows], x.dtype)\n"
    )
    unlike = "    return 1 // 0\n"
    kit = build(tmp_path, {"no-shift": numpys})
    with Grader(kit, servers=servers) as grader:
        assert named(grader, "import math\n" + instead(MEAN, pythons)) == ["no shift"]
        assert named(grader, instead("x / 2", "1 // 0")) == []
        assert named(grader, instead(MEAN, unlike).replace("x / 2", unlike[11:])) == []


# ------------------------------------------------------------------ always the same


def test_nothing_depends_on_what_was_graded_before(means, tmp_path, servers):
    sources = [MISTAKES[name] for name in ("thirds", "extra", "one-mean")]
    sources.append(instead("x / 2", "np.true_divide(x, 3)"))
    warm = [grade(means, source).diagnosis for source in sources]
    again = [grade(means, source).diagnosis for source in reversed(sources)]
    with Grader(build(tmp_path, MISTAKES), servers=servers) as fresh:
        cold = [grade(fresh, source).diagnosis for source in sources[2:]]
        other = [grade(fresh, source, seed=7).diagnosis for source in sources]
    assert warm == again[::-1] == warm[:2] + cold == other
    assert all(warm)


def test_what_was_answered_is_asked_once(means, monkeypatch):
    grade(means, MISTAKES["one-mean"])
    monkeypatch.setattr(Diagnoser, "known", lambda self, e: Unasked(self._known[e.name]))
    assert named(means, MISTAKES["one-mean"]) == ["one mean"]


def Unasked(known):  # noqa: N802
    known._make = lambda *_: pytest.fail("a mistake was asked again")
    return known


# ------------------------------------------------------------------ the kit proves itself


def test_check_finds_a_mistake_that_is_not_named(tmp_path):
    same = known("another title", MEAN, "    return np.mean(x)\n")
    kit = build(tmp_path, {"one-mean": MISTAKES["one-mean"], "same": same})
    failed = [check for check in run_checks(kit, SEED) if not check.holds]
    told = {c.what.partition(": ")[2]: c.detail for c in failed if "is named" in c.what}
    assert told == {
        "one-mean loses points and is named": "nothing is named where it should be “one mean”",
        "same loses points and is named": "nothing is named where it should be “another title”",
    }


# ------------------------------------------------------------------ the assignment's own


@pytest.fixture(scope="module")
def grade_one(kit: Kit, servers: Servers) -> Iterator[Callable[[str, str], ExerciseResult]]:
    references = {name: e.reference for name, e in kit.exercises.items()}
    graders: dict[str, Grader] = {}
    with ExitStack() as stack:

        def grade(name: str, source: str) -> ExerciseResult:
            if name not in graders:
                graders[name] = stack.enter_context(Grader(kit, [name], servers=servers))
            files = {**references, name: source}
            return graders[name].grade(own_submission(kit, name, files), SEED).exercises[0]

        yield grade


def test_a_sheet_is_diagnosed_by_the_answers_that_are_given(grade_one, kit):
    base_10 = next(m for m in known_mistakes(kit.exercises["drills"]) if m.name == "base-10")
    sheet = base_10.sources[0]
    assert [d.title for d in grade_one("drills", sheet).diagnosis] == [base_10.title]
    blank = sheet.replace("exp_overflows_float32 = 38.53", 'exp_overflows_float32 = ""')
    rounded = blank.replace("0.6990", "0.699")
    assert [d.title for d in grade_one("drills", rounded).diagnosis] == [base_10.title]
    assert grade_one("drills", sheet.replace("38.53", "88.72")).diagnosis == []
    words = sheet.replace("never_below_maximum = true", "never_below_maximum = false")
    assert grade_one("drills", words).diagnosis == []
    stub = kit.exercises["drills"].stub.read_text()
    assert grade_one("drills", stub).diagnosis == []
