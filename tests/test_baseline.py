"""The process of the baselines: PyTorch computes for real, on a card that is pretended.

No duration here is of a card.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.triton_tasks import baseline
from autograder.triton_tasks.baseline import Baselines, NotMeasured
from autograder.triton_tasks.samples import Samples
from autograder.triton_tasks.tiled import Tiled
from tests.conftest import ROOT

FILE = '''
import os
import sys
import time
from collections import Counter
from pathlib import Path

import torch

seen = Counter()

def total(x, scale, power=1):
    """the sum

    And more about it."""
    number = seen[x.dtype]
    seen[x.dtype] += 1
    if number < 300:
        torch.save((x, scale, power), Path(__file__).with_suffix(f".{x.dtype}.{number}"))
    return (scale * x).sum()

def absent(x, scale, power=1):
    """what is not there"""
    if scale == 4:
        time.sleep(1000)
    if scale == 5:
        print("it fell over", file=sys.stderr, flush=True)
        os._exit(3)
    raise RuntimeError("no available kernel\\nand more lines")

def no_name(x, scale, power=1):
    return x

def _hidden(x):
    """not for the outside"""

def cases(card):
    return []
'''


@pytest.fixture(autouse=True)
def _pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline, "_PROGRAM", (sys.executable, "-m", "tests.pretended_baselining"))
    monkeypatch.chdir(ROOT)


def written(folder: Path, text: str = FILE) -> Path:
    file = folder / "task.py"
    file.write_text(text)
    return file


def tiled(dtype: str = "float32") -> Tiled:
    return Tiled(np.arange(7).astype(dtype), (3, 5), shift=2)


def test_each_baseline_is_timed_or_told_why_not(tmp_path: Path):
    with Baselines(written(tmp_path), "GPU-0") as baselines:
        got = baselines.measure([tiled(), 3.0], {"power": 2})
        assert list(got) == ["the sum", "what is not there", "no_name"]
        assert got["what is not there"] == "RuntimeError: no available kernel"
        for name in ("the sum", "no_name"):
            samples = got[name]
            assert isinstance(samples, Samples)
            assert samples.run.milliseconds == pytest.approx([1.0] * 200, rel=0.1)
            assert samples.copy_bytes == 2 * (1 << 16)
        # The copy after one is that before the next.
        assert got["the sum"].copy_after == got["no_name"].copy_before
        assert baselines.facts.name == "pretended"
        assert baselines.matmul_tflops() == pytest.approx(2 * 64**3 / 1e9, rel=0.1)


def test_sets_of_inputs_are_those_that_a_kernel_of_the_task_is_given(tmp_path: Path):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    import torch

    file = written(tmp_path)
    with Baselines(file, "GPU-0") as baselines:
        for dtype in ("float32", "float16", ml_dtypes.bfloat16, "int64", "uint8"):
            x = tiled(dtype)
            baselines.measure([x, 3.0], {"power": 2})
            sets = -(-3 * 1024 // x.nbytes)  # three times the cache, in all
            for number in (0, 1, sets - 1, sets):
                path = file.with_suffix(f".torch.{x.dtype.name}.{number}")
                got, scale, power = torch.load(path)
                assert got.dtype == getattr(torch, x.dtype.name)
                expected = x.shifted(number % sets).rows(range(3)).astype(float)
                assert np.array_equal(got.to(torch.float64).numpy(), expected)
                assert (scale, power) == (3.0, 2)


def test_one_that_does_not_end_or_ends_is_told_and_replaced(tmp_path: Path):
    with Baselines(written(tmp_path), "GPU-0") as baselines:
        answer = baselines._answer

        def impatient_from_then_on(*seconds: float) -> dict[str, Any]:
            got = answer(*seconds)
            if got.get("name") == "the sum":  # however long the machine takes to get there
                baselines._seconds = 0.2
            return got

        baselines._answer = impatient_from_then_on  # type: ignore[method-assign]
        late = baselines.measure([tiled(), 4], {})
        del baselines._answer
        baselines._seconds = 100.0
        ended = baselines.measure([tiled(), 5], {})
        fine = baselines.measure([tiled(), 3], {})
    told = "it took longer than 0.2 s"
    assert (late["what is not there"], late["no_name"]) == (told, told)
    told = "its process ended with exit code 3: it fell over"
    assert (ended["what is not there"], ended["no_name"]) == (told, told)
    assert all(isinstance(got["the sum"], Samples) for got in (late, ended, fine))
    assert isinstance(fine["no_name"], Samples)


def test_a_file_that_is_broken_is_told(tmp_path: Path):
    with (
        Baselines(written(tmp_path, "import nothing_of_the_kind"), "GPU-0") as baselines,
        pytest.raises(NotMeasured, match="ModuleNotFoundError: No module named"),
    ):
        baselines.measure([tiled()], {})


def test_without_a_file_there_are_no_baselines_and_a_product_all_the_same(tmp_path: Path):
    with Baselines(tmp_path / "absent.py", "GPU-0") as baselines:
        assert baselines.measure([tiled()], {}) == {}
        assert baselines.matmul_tflops() > 0


def test_a_card_that_is_not_there_is_told(tmp_path: Path):
    with (
        Baselines(written(tmp_path), "fail") as baselines,
        pytest.raises(NotMeasured, match="exit code 1: no such card"),
    ):
        baselines.matmul_tflops()


def test_on_a_machine_without_a_card_the_real_process_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.undo()
    with (
        Baselines(written(tmp_path), "GPU-of-nobody") as baselines,
        pytest.raises(NotMeasured, match=r"(?i)cuda|nvidia|assertion"),
    ):
        baselines.matmul_tflops()
