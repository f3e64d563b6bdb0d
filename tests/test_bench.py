"""``autograder bench``: really compiled, and timed on a card that is pretended.

Every duration here is made up.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from typer.testing import CliRunner

from autograder.bench import MODELS, REFERENCE, compile_references, measure
from autograder.cli import app
from autograder.expect import Verdict
from autograder.kit import Kit
from autograder.sandbox.servers import Servers
from autograder.triton_tasks import session
from autograder.triton_tasks.baseline import NotMeasured
from autograder.triton_tasks.cards import Card
from autograder.triton_tasks.facts import Facts
from autograder.triton_tasks.samples import Repetitions, Samples
from autograder.triton_tasks.workers import Timing
from tests.conftest import ROOT

pytest.importorskip("torch")

SOLUTION = """\
import torch
import triton
import triton.language as tl


@triton.jit
def doubled(x_ptr, y_ptr, n, BLOCK: tl.constexpr):
    at = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(y_ptr + at, 2 * tl.load(x_ptr + at, mask=at < n), mask=at < n)


def double(x):
    y = torch.empty_like(x)
    block = 256 if x.shape[1] < 2000 else 1024
    doubled[(triton.cdiv(x.numel(), block),)](x, y, x.numel(), BLOCK=block)
    return y
"""
BASELINES = '''\
from autograder.triton_tasks.cases import Case

def plain(x):
    """x + x"""
    return x + x

def cases(card):
    return [
        Case("float32", n, "numbers in a row", ((card.buffer_bytes // 4 // n, n),), "float32",
             2 * card.buffer_bytes, card.buffer_bytes // 4, "copy")
        for n in (1024, 4096)
    ]
'''
FACTS = Facts("Made Up Card", 90, 100, 1 << 20, 16 << 26, 227 << 10)
CARDS = [Card("GPU-made-up", "Made Up Card", 90, "1")]


@pytest.fixture
def kit(tmp_path: Path) -> Kit:
    for folder in ("gpu_tasks", "reference/gpu/baselines", "hidden_tests"):
        (tmp_path / folder).mkdir(parents=True)
    for folder in ("gpu_tasks", "reference/gpu"):
        (tmp_path / folder / "double.py").write_text(SOLUTION)
    (tmp_path / "reference/gpu/baselines/double.py").write_text(BASELINES)
    (tmp_path / "hidden_tests/test_gpu_double.py").write_text("")
    (tmp_path / "grader.toml").write_text(
        '[kit]\nname = "k"\nversion = "1"\n[gpu_task.double]\npoints = 8\n'
    )
    return Kit.load(tmp_path)


def samples(nbytes: int, fraction: float, *, spread: float = 0.0) -> Samples:
    """Of a run that moves so many bytes at this fraction of a copy of 2,000 GB/s."""
    copy = Repetitions((nbytes / 2e9,) * 20, nbytes / 2e9)
    times = [nbytes / 2e9 / fraction * (1 + spread * (n % 2)) for n in range(20)]
    return Samples(Repetitions(tuple(times), times[0]), copy, copy, nbytes)


class PretendedOnCard:
    failures: dict[int, Verdict]
    unusable: str = ""

    def __init__(self, work: Any, servers: Servers) -> None:
        pass

    def open(self, uuid: str) -> Facts:
        if self.unusable:
            raise Verdict(self.unusable, status="deferred")
        return FACTS

    def time(self, program: Any, built: Any, inputs: Any, nbytes: int, rows: Any) -> Timing:
        if failure := self.failures.get(inputs[0].shape[1]):
            raise failure
        assert np.array_equal(rows, [0])
        assert len(np.unique(inputs[0].rows([0, 1]))) > inputs[0].shape[1]  # rows differ
        return Timing(samples(2 * inputs[0].nbytes, 0.9), [], [0])

    def close(self) -> None:
        pass


class PretendedBaselines:
    """Each call of ``measure`` gives the next of these, and the last again and again."""

    answers: list[Any]
    versions: ClassVar = {"torch": "made up", "cuda": None}

    def __init__(self, file: Path, uuid: str) -> None:
        assert uuid == "GPU-made-up"

    def __enter__(self) -> PretendedBaselines:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def measure(self, args: Any, kwargs: Any) -> dict[str, Samples | str]:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return {n: a if isinstance(a, str) else samples(2 * args[0].nbytes, **a)
                for n, a in answer.items()}  # fmt: skip

    def matmul_tflops(self) -> float:
        return 600.0


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> type[PretendedOnCard]:
    worker = type("Worker", (PretendedOnCard,), {"failures": {}})
    monkeypatch.setattr(session, "OnCard", worker)
    return worker


@pytest.fixture
def measured(
    kit: Kit, card: Any, servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[tuple[str, int], Any]]:
    """Figures by implementation and length, given the answers of the baselines."""

    def run(*answers: Any) -> dict[tuple[str, int], Any]:
        made_up = type("Baselines", (PretendedBaselines,), {"answers": list(answers)})
        monkeypatch.setattr(session, "Baselines", made_up)
        document = measure(kit.chosen([]), servers, CARDS, lambda _: None)
        document = json.loads(json.dumps(document))
        assert document["card"]["name"] == "Made Up Card"
        assert document["matmul_tflops"] == 600.0
        return {(f["implementation"], f["length"]): f for f in document["figures"]}

    return run


def test_the_reference_stands_beside_the_baselines(measured):
    found = measured({"x + x": {"fraction": 0.6}, "absent": "not on this card"})
    assert list(found) == [(n, k) for k in (1024, 4096) for n in (REFERENCE, "x + x", "absent")]
    own, plain, absent = (found[name, 4096] for name in (REFERENCE, "x + x", "absent"))
    assert (own["fraction"], plain["fraction"]) == pytest.approx((0.9, 0.6))
    assert own["gbps"] == pytest.approx(1800)
    assert own["tflops"] == pytest.approx(FACTS.buffer_bytes / 4 / own["milliseconds"] / 1e9)
    assert own["compiled"]["registers"] > 0
    assert plain["compiled"] is None
    assert (absent["milliseconds"], absent["why"]) == (None, "not on this card")


def test_a_case_that_fails_costs_itself_alone(measured, card):
    card.failures = {1024: Verdict("It crashed.", status="crashed")}
    found = measured({"x + x": {"fraction": 0.6}})
    assert (found[REFERENCE, 1024]["milliseconds"], found[REFERENCE, 1024]["why"]) == (
        None, "It crashed.",
    )  # fmt: skip
    assert found[REFERENCE, 4096]["milliseconds"]
    assert found["x + x", 1024]["milliseconds"]


def test_what_is_unsteady_is_measured_again(measured):
    unsteady = {"fraction": 0.6, "spread": 0.3}
    found = measured({"x + x": unsteady}, {"x + x": {"fraction": 0.7}})
    assert found["x + x", 1024]["fraction"] == pytest.approx(0.7)
    found = measured({"x + x": unsteady, "y": {"fraction": 0.5}})
    assert found["x + x", 1024]["milliseconds"] is None
    assert "differ by" in found["x + x", 1024]["why"]
    assert found["y", 1024]["fraction"] == pytest.approx(0.5)


def test_baselines_that_cannot_be_had_are_told(measured):
    found = measured(NotMeasured("out of memory"))
    assert found["baselines", 1024]["why"] == "out of memory"
    assert found[REFERENCE, 1024]["milliseconds"]


def test_compiled_for_cards_that_are_not_here(kit: Kit, servers: Servers):
    said: list[str] = []
    document = compile_references(kit.chosen([]), servers, said.append, MODELS[::2])
    builds = document["builds"]
    assert [(b["capability"], b["length"]) for b in builds] == [
        (c, n) for c in (75, 90) for n in (1024, 4096)
    ]
    for build in builds:
        assert (build["kernel"], build["why"], build["threads"]) == ("doubled", "", 128)
        assert 8 <= build["registers"] <= 64
        assert 0 < build["occupancy"] <= 1
    assert said[-1] == "double for sm_90, float32, 4,096 numbers in a row"


def test_what_does_not_compile_is_told(kit: Kit, servers: Servers):
    file = kit.exercises["double"].reference
    file.write_text(SOLUTION.replace("2 * tl.load", "tl.zeros([3], tl.float32) + tl.load"))
    document = compile_references(kit.chosen([]), servers, lambda _: None, MODELS[2:3])
    assert "does not compile for a card (sm_90)" in document["builds"][0]["why"]


@pytest.fixture
def quick(servers: Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command without servers of its own, and for one card only."""
    monkeypatch.setattr("autograder.bench.Servers", lambda: nullcontext(servers))
    monkeypatch.setattr("autograder.bench.MODELS", MODELS[2:3])


def test_the_command_without_a_card(
    kit: Kit, quick: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("autograder.triton_tasks.cards.cards", list)
    json_file, page = tmp_path / "b.json", tmp_path / "b.html"
    run = CliRunner().invoke(
        app, ["bench", "--kit", str(kit.root), "--json", str(json_file), "--html", str(page)]
    )
    assert run.exit_code == 0
    assert "There is no card here: this is what the compiler says" in run.stdout
    assert run.stdout.count("doubled") >= 1
    assert json.loads(json_file.read_text())["card"] is None
    assert "doubled" in page.read_text()


def test_a_card_that_cannot_be_used_is_told_and_references_are_compiled(
    kit: Kit, card: Any, quick: None, monkeypatch: pytest.MonkeyPatch
):
    card.unusable = "Not run on this machine's card: it is someone else's."
    monkeypatch.setattr("autograder.triton_tasks.cards.cards", lambda: CARDS)
    run = CliRunner().invoke(app, ["bench", "--kit", str(kit.root), "--json", "-"])
    assert run.exit_code == 0
    assert "it is someone else's" in run.stderr
    assert json.loads(run.stdout)["builds"][0]["kernel"] == "doubled"


@pytest.mark.parametrize(
    ("only", "said"), [("stable", "there is no GPU task"), ("nothing", "there is no exercise")]
)
def test_nothing_to_run_is_a_usage_error(only: str, said: str):
    run = CliRunner().invoke(app, ["bench", "--kit", str(ROOT), "--only", only])
    assert run.exit_code == 2
    assert said in run.stderr
