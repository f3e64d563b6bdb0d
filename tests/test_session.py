"""What is judged on a card, with a card that is pretended: all figures here are made up.

Recording, vetting and compiling for the card are real; only what would run on it is not.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.grading import Grader
from autograder.kit import Kit
from autograder.sandbox.servers import Servers
from autograder.triton_tasks import session
from autograder.triton_tasks.baseline import NotMeasured
from autograder.triton_tasks.cards import Card
from autograder.triton_tasks.facts import Facts
from autograder.triton_tasks.samples import Repetitions, Samples
from autograder.triton_tasks.workers import Timing

SOLUTION = """\
import torch
import triton
import triton.language as tl


@triton.autotune([triton.Config({"BLOCK": b}, num_warps=4) for b in (256, 512)], key=["n"])
@triton.jit
def doubled(x_ptr, y_ptr, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(y_ptr + at, 2 * tl.load(x_ptr + at, mask=at < n), mask=at < n)


def double(x):
    y = torch.empty_like(x)
    doubled[lambda meta: (triton.cdiv(x.numel(), meta["BLOCK"]),)](x, y, x.numel())
    return y
"""
TESTS = '''\
import numpy as np
import pytest
from autograder.expect import *
from autograder.triton_tasks.tiled import Tiled

@oracle
def twice(x):
    return 2 * x

def test_values(student, rng):
    """doubles"""
    x = rng.normal(size=(3, 5)).astype(np.float32)
    expect_close(student.double(x), twice(x), about="15 numbers")

def test_bfloat16(student, rng):
    """doubles bfloat16"""
    student.needs_card("bfloat16", capability=80)
    x = rng.normal(size=(3, 5)).astype(student.bfloat16)
    expect_close(student.on_card(x), twice(x), about="15 numbers, bfloat16")

@pytest.mark.weight(4)
def test_speed(student, rng):
    """speed"""
    card = student.needs_card("speed")
    x = Tiled(rng.normal(size=1001).astype(np.float32), (card.buffer_bytes // 4 // 512, 512))
    picked = rng.choice(x.shape[0], 5, replace=False)
    timed = student.time(x, rows=picked, nbytes=2 * x.nbytes)
    assert len(timed.answers) == 2
    for (inputs,), got in timed.answers:
        expect_close(got, twice(inputs.rows(picked)), about="while it was timed")
    student.earn(
        "doubling", timed, fraction=timed.fraction, of="copy", about="rows of 512",
        flops=x.size, why="One read", walks_read=1.0,
    )

@pytest.mark.weight(2)
def test_beside(student, rng):
    """speed, beside another"""
    card = student.needs_card("speed")
    x = Tiled(rng.normal(size=1001).astype(np.float32), (card.buffer_bytes // 4 // 512, 512))
    best, of = student.fastest_baseline(x, nbytes=2 * x.nbytes)
    timed = student.time(x, rows=[0], nbytes=2 * x.nbytes)
    fraction = best.milliseconds / timed.speed.milliseconds
    student.earn("beside", timed, fraction=fraction, of=of, about="x", flops=x.size)
'''
FACTS = Facts("Made Up Card", 90, 100, 50 << 20, 16 << 30, 227 << 10)
GBPS = 2_000.0  # of the made-up card's copy


def repeated(milliseconds: float) -> Repetitions:
    return Repetitions((milliseconds,) * 20, milliseconds)


def samples(nbytes: int, fraction: float, after: float = 1.0) -> Samples:
    """Of a run that moves so many bytes at this fraction of the copy."""
    copy = nbytes / GBPS / 1e6
    return Samples(repeated(copy / fraction), repeated(copy), repeated(copy * after), nbytes)


class PretendedOnCard:
    """Doubles, at a speed that a test sets."""

    fractions: list[float]
    after = 1.0
    wrong = False
    failure: Exception | None = None
    asked: list[Any]

    def __init__(self, work: Any, servers: Servers) -> None:
        self.closed = False

    def open(self, uuid: str) -> Facts:
        if self.failure:
            raise self.failure
        self.asked.append(uuid)
        return FACTS

    def compute(self, program: Any, built: Any, arrays: Any, nbytes: int) -> Any:
        assert [b.code[1:4] for ways in built for _, b in ways] == [b"ELF", b"ELF"]
        return (2 * arrays[0].astype(np.float32)).astype(arrays[0].dtype)

    def time(self, program: Any, built: Any, inputs: Any, nbytes: int, rows: Any) -> Timing:
        assert [[n for n, _ in ways] for ways in built] == [[0, 1]]
        got = [(3 if self.wrong else 2) * inputs[0].shifted(n).rows(rows) for n in (0, 1)]
        fraction = self.fractions.pop(0) if len(self.fractions) > 1 else self.fractions[0]
        return Timing(samples(2 * inputs[0].nbytes, fraction, self.after), got, [1])

    def close(self) -> None:
        self.closed = True


class PretendedBaselines:
    fraction = 1.0
    failure: str = ""

    def __init__(self, file: Path, uuid: str) -> None:
        assert file.parts[-4:] == ("reference", "gpu", "baselines", "double.py")

    def __enter__(self) -> PretendedBaselines:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def measure(self, args: Any, kwargs: Any) -> dict[str, Samples | str]:
        if self.failure:
            raise NotMeasured(self.failure)
        nbytes = 2 * args[0].nbytes
        return {
            "slow": samples(nbytes, self.fraction / 2),
            "fast": samples(nbytes, self.fraction),
            "impossible": samples(nbytes, 1.5),
            "slow and unsteady": samples(nbytes, self.fraction / 4, after=2.0),
            "absent": "not on this card",
        }

    def matmul_tflops(self) -> float:
        return 600.0


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> type[PretendedOnCard]:
    """The worker of a pretended card, whose attributes say how it goes."""
    worker = type("Card", (PretendedOnCard,), {"fractions": [0.8], "asked": []})
    monkeypatch.setattr(session, "OnCard", worker)
    monkeypatch.setattr(session, "Baselines", type("B", (PretendedBaselines,), {}))
    found = [Card("GPU-made-up", "Made Up Card", 90, "1")]
    monkeypatch.setattr("autograder.grading.cards", lambda: found)
    return worker


@pytest.fixture
def graded(tmp_path: Path, servers: Servers) -> Callable[..., dict[str, Any]]:
    """Grade a submission of the task; gives the exercise's part of the document."""
    for folder in ("gpu_tasks", "reference/gpu", "hidden_tests"):
        (tmp_path / folder).mkdir(parents=True)
    for folder in ("gpu_tasks", "reference/gpu"):
        (tmp_path / folder / "double.py").write_text(SOLUTION)
    (tmp_path / "hidden_tests/test_gpu_double.py").write_text(TESTS)
    (tmp_path / "grader.toml").write_text(
        '[kit]\nname = "k"\nversion = "1"\n'
        "[tolerance.float32]\nrelative = 1e-6\nscale = 4\n"
        "[tolerance.bfloat16]\nrelative = 1e-2\nscale = 4\n"
        "[gpu_task.double]\npoints = 8\nlimits = { seconds = 30 }\n"
        "[gpu_task.double.speed]\n"
        "doubling = { first = 0.4, full = 0.9 }\nbeside = { first = 0.2, full = 1.0 }\n"
    )

    def grade() -> dict[str, Any]:
        with Grader(Kit.load(tmp_path), servers=servers) as grader:
            document = grader.grade(grader.read(tmp_path / "gpu_tasks/double.py"), 7)
        assert not grader.faults
        dumped = document.model_dump()
        exercise: dict[str, Any] = dumped["exercises"][0]
        exercise["environment"] = dumped["environment"]
        exercise["by_name"] = {t["id"].partition("::")[2]: t for t in exercise["tests"]}
        return exercise

    return grade


def test_a_fraction_earns_its_share(card, graded):
    exercise = graded()
    speed, beside = (exercise["by_name"][n] for n in ("test_speed", "test_beside"))
    assert exercise["by_name"]["test_bfloat16"]["status"] == "passed"
    assert (speed["status"], speed["score"], speed["max_score"]) == ("failed", 3.2, 4)
    assert speed["feedback"] == (
        "1,600 GB/s is 0.80 of what this card's own copy moves, for rows of 512; points begin "
        "above 0.40, and from 0.90 on all are given. One read."
    )
    assert beside["status"] == "failed"
    assert "TFLOP/s (0.00 of the card's own matrix product) is 0.80 of fast" in beside["feedback"]
    assert beside["score"] == pytest.approx(2 * (0.8 - 0.2) / 0.8)
    assert exercise["deferred_score"] == 0
    assert exercise["environment"]["card"] == "Made Up Card"
    measured = exercise["measurements"]
    assert measured["card"] == {
        "name": "Made Up Card", "copy_gbps": 2000.0, "matmul_tflops": 600.0,
    }  # fmt: skip
    first, second = measured["speed"]
    assert (first["name"], first["of"], second["of"]) == ("doubling", "copy", "fast")
    assert first["fraction"] == pytest.approx(0.8)
    assert first["walks_read"] == 1.0
    assert first["gbps"] == pytest.approx(1600)
    assert 0 < first["registers"] < 256
    assert first["spilled_bytes"] == 0
    assert 0 < first["occupancy"] <= 1


def test_full_points_are_a_pass(card, graded):
    card.fractions = [0.95]
    speed = graded()["by_name"]["test_speed"]
    assert (speed["status"], speed["score"], speed["feedback"]) == ("passed", 4, "")


def test_without_a_card_it_waits(graded, monkeypatch):
    monkeypatch.setattr("autograder.grading.cards", lambda: [])
    exercise = graded()
    assert [t["status"] for t in exercise["tests"]] == ["passed", *["deferred"] * 3]
    assert (exercise["score"], exercise["max_score"], exercise["deferred_score"]) == (1, 1, 7)
    assert exercise["environment"]["card"] is None


def test_on_an_older_card_what_takes_a_newer_one_waits(card, graded, monkeypatch):
    old = [Card("GPU-made-up", "Made Up Card", 75, "1")]
    monkeypatch.setattr("autograder.grading.cards", lambda: old)
    by_name = graded()["by_name"]
    assert by_name["test_bfloat16"]["status"] == "deferred"
    assert "capability 8.0 or newer" in by_name["test_bfloat16"]["feedback"]
    assert by_name["test_speed"]["status"] == "failed"


def test_where_cards_differ_all_is_judged_on_the_newest(card, graded, monkeypatch):
    old = [Card(f"GPU-old-{n}", "Made Up Card", 75, "1") for n in range(50)]
    found = [*old, Card("GPU-new", "Made Up Card", 90, "1")]
    monkeypatch.setattr("autograder.grading.cards", lambda: found)
    by_name = graded()["by_name"]
    assert by_name["test_bfloat16"]["status"] == "passed"
    assert set(card.asked) == {"GPU-new"}


def test_a_matrix_product_that_was_not_measured_costs_nothing(card, graded, monkeypatch):
    def fails(self):
        raise NotMeasured("no room")

    monkeypatch.setattr(session.Baselines, "matmul_tflops", fails)
    exercise = graded()
    assert exercise["by_name"]["test_speed"]["score"] == 3.2
    assert exercise["measurements"]["card"]["matmul_tflops"] is None
    assert "TFLOP/s is 0.80 of fast" in exercise["by_name"]["test_beside"]["feedback"]


def test_a_card_that_cannot_be_used_leaves_it_for_later(card, graded):
    card.failure = session.Verdict("Not run on this machine's card: no.", status="deferred")
    exercise = graded()
    assert [t["status"] for t in exercise["tests"]] == ["passed", *["deferred"] * 3]


def test_what_is_not_steady_is_measured_again(card, graded, monkeypatch):
    calls = []
    time = card.time

    def unsteady_once(self, *args):
        calls.append(args)
        self.after = 1.5 if len(calls) == 1 else 1.0
        return time(self, *args)

    monkeypatch.setattr(card, "time", unsteady_once)
    assert graded()["by_name"]["test_speed"]["score"] == 3.2
    assert len(calls) == 3


def test_what_never_is_steady_is_deferred_and_not_guessed(card, graded):
    card.after = 1.5
    exercise = graded()
    speed = exercise["by_name"]["test_speed"]
    assert (speed["status"], speed["score"]) == ("deferred", 0)
    assert "changed by 50%" in speed["feedback"]
    assert exercise["deferred_score"] == 6
    assert "speed" not in exercise["measurements"]


def test_a_record_that_nothing_can_reach_earns_nothing(card, graded):
    card.fractions = [1.2]
    speed = graded()["by_name"]["test_speed"]
    assert (speed["status"], speed["score"]) == ("failed", 0)
    assert "2,400 GB/s is 1.20" in speed["feedback"]


def test_a_fast_wrong_answer_earns_nothing(card, graded):
    card.fractions, card.wrong = [0.95], True
    speed = graded()["by_name"]["test_speed"]
    assert (speed["status"], speed["score"]) == ("failed", 0)
    assert "while it was timed" in speed["feedback"]


def test_without_what_it_is_compared_with_it_waits(card, graded, monkeypatch):
    monkeypatch.setattr(session.Baselines, "failure", "no PyTorch for cards")
    beside = graded()["by_name"]["test_beside"]
    assert beside["status"] == "deferred"
    assert "no PyTorch for cards" in beside["feedback"]
