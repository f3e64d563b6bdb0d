"""Sheets of answers: what can stand in them, and what becomes of it."""

from __future__ import annotations

import pytest

from autograder.intake import read_submission
from tests.conftest import SEED, autograder, exercise


@pytest.fixture
def drills(kit, quick_grader, tmp_path):
    """Grade the drills of a sheet, by test."""

    def grade(text: str | bytes):
        folder = tmp_path / "exercises"
        folder.mkdir(exist_ok=True)
        data = text if isinstance(text, bytes) else text.encode()
        (folder / "drills.toml").write_bytes(data)
        result = quick_grader.grade(read_submission(tmp_path, kit.files), SEED)
        return exercise(result, "drills")

    return grade


def named(result, name):
    return next(t for t in result.tests if t.id.endswith(f"::{name}"))


def test_a_blank_answer_is_not_answered_and_costs_nothing_else(drills):
    result = drills("exp_overflows_float32 = 88.7\n")
    assert named(result, "test_overflow").status == "passed"
    others = [t for t in result.tests if not t.id.endswith("test_overflow")]
    assert {t.status for t in others} == {"missing"}
    assert named(result, "test_zeros").feedback == "Not answered: `softmax_zeros`."


@pytest.mark.parametrize("answer", ['""', '"  "', "[]"])
def test_blank_in_any_way(drills, answer):
    assert named(drills(f"exp_overflows_float32 = {answer}"), "test_overflow").status == "missing"


@pytest.mark.parametrize("answer", ["88.7", "88.72", "88.72283", '"88.7"', "8.872e1", "88.64"])
def test_right_to_a_thousandth(drills, answer):
    assert named(drills(f"exp_overflows_float32 = {answer}"), "test_overflow").status == "passed"


WRONG = {
    "88.6": "Not right, for the border of overflow.",
    "89": "Not right, for the border of overflow.",
    '"nan"': "Not right, for the border of overflow.",
    "true": "`exp_overflows_float32` should be a number",
    '"about 88"': "`exp_overflows_float32` should be a number",
    "[88.7]": "`exp_overflows_float32` should be a number",
    "1979-05-27": "`exp_overflows_float32` should be a number",
    "{ a = 1 }": "Not answered",
    "inf": "Not right",
}


@pytest.mark.parametrize("answer", WRONG)
def test_wrong_answers_and_answers_of_another_kind(drills, answer):
    test = named(drills(f"exp_overflows_float32 = {answer}"), "test_overflow")
    assert test.status == ("missing" if "Not answered" in WRONG[answer] else "failed")
    assert WRONG[answer] in test.feedback


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("0.2447", "`softmax_2_1_3` should be a list of 3 numbers"),
        ("[0.2447, 0.09003]", "`softmax_2_1_3` should be a list of 3 numbers"),
        ('[0.2447, "", 0.6652]', "A part of `softmax_2_1_3` is left blank."),
        ("[0.2447, 0.09003, 0.7]", "Not right in 1 of 3 places"),
    ],
)
def test_lists(drills, answer, said):
    test = named(drills(f"softmax_2_1_3 = {answer}"), "test_softmax_2_1_3")
    assert test.status == "failed"
    assert said in test.feedback


NOT_TOML = {
    "two numbers": ("a = 1\nb = 0.2 0.3\n", "line 2 cannot be read (`b = 0.2 0.3`)"),
    "a fraction": ("a = 1/3", "line 1 cannot be read"),
    "nothing": ("a =", "line 1 cannot be read"),
    "a word": ("a = nein", "line 1 cannot be read"),
    "twice": ("a = 1\na = 2\n", "line 2 cannot be read"),
    "an open bracket": ("a = [1,\n", "line 1 cannot be read"),
    "deep lists": ("a = " + "[" * 50_000, "is not TOML that can be read"),
    "deep tables": ("[" + ".".join("a" * 20_000) + "]\n", "is not TOML that can be read"),
    "many digits": ("a = " + "9" * 5_000, "is not TOML that can be read"),
    "a bomb of dots": (".".join("a" * 200_000) + " = 1\n", "is not TOML that can be read"),
}


@pytest.mark.parametrize("name", NOT_TOML)
def test_what_is_not_toml_is_told_once_with_its_line(drills, name):
    text, said = NOT_TOML[name]
    result = drills(text)
    assert {t.status for t in result.tests} == {"error"}
    assert said in result.tests[0].feedback
    assert len({t.feedback for t in result.tests}) == 1


def test_a_byte_order_mark_and_other_newlines_are_fine(drills):
    for data in (
        b"\xef\xbb\xbfexp_overflows_float32 = 88.7\r\n",
        b"\r\nexp_overflows_float32 = 88.7",
    ):
        assert named(drills(data), "test_overflow").status == "passed"


def test_a_sheet_alone_is_a_submission(kit, grader, tmp_path):
    (tmp_path / "drills.toml").write_text(kit.exercises["drills"].reference.read_text())
    result = grader.grade(read_submission(tmp_path, kit.files), SEED)
    assert result.status == "graded"
    assert result.score == kit.exercises["drills"].points
    assert result.submission.files == ["drills.toml"]


def test_a_sheet_counts_in_what_was_handed_in(kit, tmp_path):
    seen = set()
    for text in ("softmax_zeros = 0.2", "softmax_zeros = 0.3"):
        (tmp_path / "drills.toml").write_text(text)
        seen.add(read_submission(tmp_path, kit.files).sha256)
    assert len(seen) == 2


def test_a_lone_module_has_no_drills(kit, grader, tmp_path):
    (tmp_path / "homework.py").write_text(kit.exercises["naive"].reference.read_text())
    result = grader.grade(read_submission(tmp_path, kit.files), SEED)
    assert {t.status for t in exercise(result, "drills").tests} == {"missing"}
    assert exercise(result, "naive").score == kit.exercises["naive"].points


def test_a_lone_module_beside_a_sheet(kit, grader, tmp_path):
    (tmp_path / "homework.py").write_text(kit.exercises["naive"].reference.read_text())
    (tmp_path / "drills.toml").write_text(kit.exercises["drills"].reference.read_text())
    result = grader.grade(read_submission(tmp_path, kit.files), SEED)
    assert exercise(result, "drills").score == kit.exercises["drills"].points
    assert exercise(result, "naive").score == kit.exercises["naive"].points


def test_try_counts_answers_and_knows_no_right_ones(tmp_path):
    assert "drills          0 of 38 answers" in autograder("try", "--only", "drills").stdout
    assert autograder("try", "reference", "--only", "drills").returncode == 0
    (tmp_path / "drills.toml").write_text("softmax_zeros = 7\nsoftmax_zero = 1\n")
    done = autograder("try", tmp_path, "--only", "drills")
    assert done.returncode == 1
    assert "1 of 38 answers" in done.stdout
    assert "Not asked for: softmax_zero." in done.stdout
    (tmp_path / "drills.toml").write_text('softmax_2_1_3 = [0.1, 0.2, ""]\nwalks_naive = [2]\n')
    assert "0 of 38 answers" in autograder("try", tmp_path, "--only", "drills").stdout
    (tmp_path / "drills.toml").write_text("softmax_zeros = 1/5\n")
    assert "This is not TOML in line 1" in autograder("try", tmp_path, "--only", "drills").stdout


def test_a_sheet_needs_its_files(tiny):
    config = (tiny / "grader.toml").read_text()
    (tiny / "grader.toml").write_text(config + "\n[exercise.paper]\npoints = 1\n")
    done = autograder("grade", "reference", cwd=tiny)
    assert done.returncode == 2
    assert "exercise.paper (it declares no functions) needs the file" in done.stderr
    assert "paper.toml" in done.stderr
