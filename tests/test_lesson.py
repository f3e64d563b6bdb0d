"""The lesson: its numbers, its snippets, its drills and its figures are what they should be."""

from __future__ import annotations

import ast
import doctest
import math
import re
import runpy
import subprocess
import sys
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT, autograder

PAGE = ROOT / "exercises/README.md"
LESSON = PAGE.read_text(encoding="utf-8")
CODE = re.findall(r"^```(\w+)\n(.*?)^```$", LESSON, re.DOTALL | re.MULTILINE)
WITHOUT_CODE = re.sub(r"^```\w+\n.*?^```$", "", LESSON, flags=re.DOTALL | re.MULTILINE)
F32 = np.finfo(np.float32)


def rounds_to(value: float, text: str) -> bool:
    """Whether a number that is written down is the value, to the digits that are written."""
    written = Decimal(text)
    unit = Decimal(1).scaleb(int(written.as_tuple().exponent))
    return abs(Fraction(Decimal(value)) - Fraction(written)) <= Fraction(unit) * Fraction(51, 100)


def table(first: str) -> list[list[str]]:
    """The rows of the one table whose heading begins like this."""
    (found,) = re.findall(
        rf"^\| {re.escape(first)}.*\n\| ---.*\n((?:\|.*\n)+)", LESSON, re.MULTILINE
    )
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found.splitlines()]


# ------------------------------------------------------------------ what runs


@pytest.mark.parametrize("kind", ["pycon", "python"])
def test_there_are_snippets_of_either_kind(kind: str) -> None:
    assert kind in [k for k, _ in CODE]


def test_what_is_typed_at_the_prompt_gives_what_is_shown() -> None:
    session = "\n".join(text for kind, text in CODE if kind == "pycon")
    test = doctest.DocTestParser().get_doctest(session, {}, PAGE.name, str(PAGE), 0)
    assert len(test.examples) >= 6
    said: list[str] = []
    with np.errstate(all="ignore"):  # the warnings that the lesson speaks of
        failed, _ = doctest.DocTestRunner().run(test, out=said.append)
    assert failed == 0, "".join(said)


def test_what_is_run_as_a_file_prints_what_its_comments_say(tmp_path: Path) -> None:
    for kind, text in CODE:
        if kind != "python":
            continue
        script = tmp_path / "snippet.py"
        script.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, script], cwd=ROOT, capture_output=True, text=True, check=True
        )
        promised = re.findall(r"print\(.*\)  # (.*)", text)
        printed = done.stdout.splitlines()
        assert len(promised) == len(printed)
        for comment, line in zip(promised, printed, strict=True):
            assert re.split(r":(?= )", comment)[0] == line


def test_no_code_is_the_solution_of_an_exercise() -> None:
    stubs = [ast.parse(path.read_text()) for path in (ROOT / "exercises").glob("*.py")]
    names = {n.name for stub in stubs for n in ast.walk(stub) if isinstance(n, ast.FunctionDef)}
    assert len(names) >= 10
    for _, text in CODE:
        assert not names & set(re.findall(r"\w+", text))
        assert "max" not in text


# ------------------------------------------------------------------ what is claimed

E = math.exp
SUM = E(-1) + E(-2) + 1
TENSES = np.array([1.2, 4.7, 3.1, 0.5, 2.9])

# Each number with a point or an exponent that stands in a sentence, and what it should be.
NUMBERS = {
    "0.05": 0.05,
    "1.5e-4": 1.5e-4,
    "0.1": 0.1,
    "0.9": 0.9,
    "3.4028e38": float(F32.max),
    "3.4e38": float(F32.max),
    "88.72": math.log(F32.max),
    "1.4e-45": float(F32.smallest_subnormal),
    "-103.97": math.log(2.0**-150),
    "1.18e-38": float(F32.smallest_normal),
    "5.5e-42": E(-95),
    "4.7": 0.05 * 94,
    "0.999955": 1 / (1 + E(-10) + E(-1000)),
    "4.54e-05": E(-10) / (1 + E(-10)),
    "1.503215": SUM,
    "0.407606": math.log(SUM),
    "3.407606": 3 + math.log(SUM),
    "-1.4076": -1 - math.log(SUM),
    "-2.4076": -2 - math.log(SUM),
    "-0.4076": -math.log(SUM),
    "-0.6931": -math.log(2),
    "0.6931": math.log(2),
    "5.0067": math.log1p(E(5)),
    "0.0106": E(0.5) / np.exp(TENSES).sum(),
    "4.55": -math.log(0.0106),
    "1.4124": np.exp(TENSES - 4.7).sum(),
    "5.0453": math.log(np.exp(TENSES).sum()),
    "4.5453": math.log(np.exp(TENSES).sum()) - 0.5,
    "0.5": TENSES[3],
    "2.06e-9": E(-20),
    "3.35": 3.35,
    "0.135": E(-2),
    "1.135": 1 + E(-2),
    "0.368": E(-1),
    "1.503": SUM,
    "43.426119": 10 * E(-2) + 20 + 60 * E(-1),
    "28.8888": (10 * E(-2) + 20 + 60 * E(-1)) / SUM,
    "28.886": 0.0900 * 10 + 0.6652 * 20 + 0.2447 * 60,
    "0.0900": E(-2) / SUM,
    "0.6652": 1 / SUM,
    "0.2447": E(-1) / SUM,
}


def test_every_number_in_a_sentence_is_computed() -> None:
    lines = [line for line in WITHOUT_CODE.splitlines() if not line.startswith("|")]
    text = re.sub(r"arXiv:\S+|FlashAttention-\d", "", "\n".join(lines))
    number = r"(?<![\w.])-?\d+(?:\.\d+(?:e-?\d+)?|e-?\d+)(?!\w)"
    found = set(re.findall(number, text))
    assert found == set(NUMBERS)
    for written, value in NUMBERS.items():
        assert rounds_to(float(value), written), written


def test_every_sum_comes_out() -> None:
    part = r"(?:log |e\^)?(?:\(-?[\d.]+-[\d.]+\)|-?[\d.]+)"
    # One or more parts, with or without a bracket around them.
    left = rf"-?\(?{part}(?: [·/+-] {part}\)?)*(?: / \d+)?"
    sums = re.findall(rf"(?<![\w^.])({left}) = (-?[\d.]+(?:e-?\d+)?)(?=[\s,;|.)])", WITHOUT_CODE)
    assert len(sums) >= 18
    for wanted, result in sums:
        python = wanted.replace("·", "*")
        python = re.sub(r"log ([\d.]+)", r"math.log(\1)", python)
        python = re.sub(r"e\^(\([^)]*\)|-?[\d.]+)", r"math.exp(\1)", python)
        value = eval(python, {"math": math})
        result = result.rstrip(".")
        unit = 10.0 ** int(Decimal(result).as_tuple().exponent)
        # The numbers that go in are rounded as well.
        assert value == pytest.approx(float(result), abs=unit), wanted


def test_softmax_with_a_pencil() -> None:
    rows = table("x | e^x | e^x / sum")
    total = E(2) + E(1) + E(3)
    for x, power, share in rows[:3]:
        assert rounds_to(E(int(x)), power)
        assert rounds_to(E(int(x)) / total, share)
    assert rounds_to(total, rows[3][1])


def test_the_borders_of_the_types() -> None:
    for name, above, below in table("type | exp overflows above"):
        kind = np.dtype(name).type
        info = np.finfo(kind)
        half = Fraction(float(info.smallest_subnormal)) / 2
        assert rounds_to(math.log(info.max), above)
        assert rounds_to(math.log(half.numerator) - math.log(half.denominator), below)
        with np.errstate(all="ignore"):
            step = kind(0.05)
            assert np.isfinite(np.exp(kind(above) - step))
            assert np.isinf(np.exp(kind(above) + step))
            assert np.exp(kind(below) + step) > 0
            assert np.exp(kind(below) - step) == 0


def test_shifts() -> None:
    x = np.array([1000, 990, 0], np.float32)
    for shift, exponents, answer in table("c | x - c"):
        c = np.float32(shift.partition(",")[0])
        for written, value in zip(exponents.split(", "), x - c, strict=True):
            assert abs(float(written) - value) < 0.01
        with np.errstate(all="ignore"):
            y = np.exp(x - c) / np.exp(x - c).sum()
        for written, value in zip(answer.split(", "), y, strict=True):
            assert float(written) == pytest.approx(float(value), rel=1e-3, nan_ok=True)
    assert rounds_to(float(x.mean()), "663.33")


def test_logarithms_of_small_probabilities() -> None:
    for gap, softmax, log, difference in table("g | softmax"):
        x = np.array([0, -int(gap)], np.float32)
        with np.errstate(all="ignore"):
            y = (np.exp(x) / np.exp(x).sum())[1]
            assert float(softmax) == pytest.approx(float(y), rel=0.03)
            assert float(log) == pytest.approx(float(np.log(y)), abs=0.005)
        assert float(difference) == -int(gap)
    assert np.spacing(np.float32(1e8)) == 8


def test_verb_tenses() -> None:
    *rows, total = table("label | tense")
    softmax = np.exp(TENSES) / np.exp(TENSES).sum()
    for n, (label, _, x, shifted, power, share) in enumerate(rows):
        assert (int(label), float(x)) == (n, TENSES[n])
        assert float(shifted) == pytest.approx(TENSES[n] - 4.7)
        assert rounds_to(E(TENSES[n] - 4.7), power)
        assert rounds_to(softmax[n], share)
    assert rounds_to(np.exp(TENSES - 4.7).sum(), total[4])
    # The long way round of the other row ends where the lesson hints.
    with np.errstate(all="ignore"):
        x = np.array([1.2, 92, 3.1, 0.5, 2.9], np.float32)
        y = np.exp(x) / np.exp(x).sum()
    np.testing.assert_array_equal(y, [0, np.nan, 0, 0, 0])


def test_tallies() -> None:
    seen: list[float] = []
    for x, m, d in table("number | m | d"):
        seen.append(float(x))
        assert float(m) == max(seen)
        assert rounds_to(sum(E(s - max(seen)) for s in seen), d.rpartition("= ")[2])
    of = {"a": [1], "b": [3], "c": [2]}
    for merged, m, d in table("merged | m | d"):
        numbers = [
            n
            for letter in re.findall(r"\b[abc]\b", merged.replace("a with", "a "))
            for n in of[letter]
        ]
        assert float(m) == max(numbers)
        assert rounds_to(sum(E(n - max(numbers)) for n in numbers), d.rpartition("= ")[2])
    shards = [[1, 3], [2], []]
    maxima, sums = table("| rank 0")
    assert [float(m) for m in maxima[1:4]] == [max(s, default=-math.inf) for s in shards]
    for shard, written in zip(shards, sums[1:4], strict=True):
        assert rounds_to(sum(E(x - 3) for x in shard), written)


def test_running_output() -> None:
    seen: list[tuple[int, int]] = []
    for score, value, m, d, weighted in table("score | value"):
        seen.append((int(score), int(value)))
        top = max(s for s, _ in seen)
        assert float(m) == top
        assert rounds_to(sum(E(s - top) for s, _ in seen), d)
        assert rounds_to(sum(v * E(s - top) for s, v in seen), weighted.rpartition("= ")[2])


def test_sizes_and_counts() -> None:
    assert f"That is {128_000 * 4 // 1000} kB" in LESSON
    assert 228 < 512 / 2
    assert f"some {67 / 3.35:.0f} operations" in LESSON
    assert f"1,024 numbers need {1024 - 1:,} merges one after another, or" in LESSON
    assert f"or {math.log2(1024):.0f} rounds of merges side by side" in LESSON
    assert f"would be {100_000**2 * 2 // 10**9} GB" in LESSON
    assert f"128 numbers keeps {128 + 2}" in LESSON


def test_the_pattern_elsewhere() -> None:
    text = "".join("".join(row) for row in table("problem | scale"))
    assert math.isinf(3e200 * 3e200)
    assert f"root: {math.sqrt((3e200 / 4e200) ** 2 + 1)}" in text
    assert f"4e200: {1.25 * 4e200:g}".replace("+", "") in text
    assert 0.1**1000 == 0
    assert f"add: {1000 * math.log(0.1):.2f}" in text


# ------------------------------------------------------------------ the order that teaches


def test_every_exercise_has_its_section_in_the_order_of_the_assignment() -> None:
    kit = tomllib.loads((ROOT / "grader.toml").read_text())
    files = [f"{n}.py" for n in kit["exercise"] if (ROOT / f"exercises/{n}.py").exists()]
    assert re.findall(r"^## \d\. `(\w+\.py)`", LESSON, re.MULTILINE) == files
    for name in kit["exercise"]:
        if (ROOT / f"gpu_tasks/{name}.py").exists():
            assert f"`gpu_tasks/{name}.py`" in LESSON


def test_ideas_come_in_the_order_in_which_they_are_needed() -> None:
    ideas = [
        "## Softmax with a pencil",
        "break it",
        "That is algebra and holds exactly",
        "the maximum is not the only shift",
        "kept as a logarithm",
        "five verb tenses",
        "## What the shift does not mend",
        "`expm1(t)`",
        "## Count the walks",
        "**Could one walk do?**",
        "That is the *rescale*",
        "running average",
        "put together",
        "Chunks of an array, threads of a GPU, processes, machines",
        "weighted sum",
        "That is FlashAttention",
        "Scale, operate, compensate",
    ]
    places = [LESSON.find(idea) for idea in ideas]
    assert -1 not in places
    assert places == sorted(places)


def test_every_drill_is_asked_once() -> None:
    sheet = tomllib.loads((ROOT / "exercises/drills.toml").read_text())
    asked = [
        name
        for line in re.findall(r"^> \*\*Pencil\.\*\* (.*)", LESSON, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", line)
    ]
    asked.remove("name_of_an_answer")
    drills = [*(k for k in sheet if k != "claims"), *sheet["claims"]]
    assert sorted(asked) == sorted(drills)
    for table in ("predict_naive", "predict_stable"):
        assert f"the seven rows of `{table}`" in LESSON
        assert len(sheet[table]) == 7


def test_commands_are_those_that_there_are() -> None:
    kit = tomllib.loads((ROOT / "grader.toml").read_text())
    commands = re.findall(r"(?:^    |`)autograder (\w+)([^#`\n]*)", LESSON, re.MULTILINE)
    assert {command for command, _ in commands} == {"try", "hint"}
    for command, rest in commands:
        done = autograder(command, "--help")
        for word in rest.split():
            assert word in (done.stdout if word.startswith("-") else kit["exercise"]), word


def test_help_is_named_before_it_is_needed() -> None:
    start = LESSON.partition("## Softmax with a pencil")[0]
    for what in ("autograder try ", "autograder hint ", "try-it.html", "drills.toml"):
        assert what in start


# ------------------------------------------------------------------ figures

FIGURES = ROOT / "exercises/figures"


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    found: dict[str, str] = runpy.run_path(str(ROOT / "docs/figures.py"))["figures"]()
    return found


def test_the_figures_are_what_the_script_draws(drawn: dict[str, str]) -> None:
    assert {path.name for path in FIGURES.iterdir()} == set(drawn)
    for name, text in drawn.items():
        assert (FIGURES / name).read_bytes() == text.encode(), f"run python docs/figures.py: {name}"
        assert len(text) < 16_000


def test_each_figure_is_shown_once_and_told_in_words(drawn: dict[str, str]) -> None:
    shown = re.findall(r"!\[(.*?)\]\(figures/([\w-]+\.svg)\)", LESSON)
    assert sorted(name for _, name in shown) == sorted(drawn)
    for words, _ in shown:
        assert 100 < len(words) < 500


def test_figures_are_still_pictures_on_white(drawn: dict[str, str]) -> None:
    for text in drawn.values():
        assert 'fill="#ffffff" stroke="#d0d7de"' in text.splitlines()[2]
        assert not re.search(r"<script|<a |href|url\(|<style|@import", text)


def test_figures_show_the_numbers_of_the_lesson(drawn: dict[str, str]) -> None:
    def words(name: str) -> list[str]:
        return re.findall(r"<text[^>]*>(.*?)</text>", drawn[name])

    numbers = [int(w) for w in words("merge-tree.svg") if w.isdigit()]
    whole = np.exp(np.array(numbers, float) - max(numbers)).sum()
    assert words("merge-tree.svg")[-2:] == [f"m = {max(numbers)}", f"d = {whole:.6f}"]
    tallies = [w for w in words("rescale.svg") if w.startswith(("m =", "d ="))]
    assert tallies == ["m = 1", "d = 1", "m = 3", "d = 1.135335", "m = 3", "d = 1.503215"]
    counts = {way: (reads[0], writes[0]) for way, reads, writes in table("way | reads")}
    for figure in ("walks-counted.svg", "walks-three-two-one.svg"):
        ways = [w for w in words(figure) if w in counts]
        assert len(ways) == 2
        for way in ways:
            reads, writes = counts[way]
            assert f"{reads} reads, {writes} write" in words(figure)
            walks = re.findall(
                rf">{way}</text>(.*?)font-weight", drawn[figure] + "font-weight", re.S
            )
            assert walks[0].count(">walk ") == int(reads)
