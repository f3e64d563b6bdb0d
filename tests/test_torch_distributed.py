"""The sharded exercise runs unchanged over PyTorch's process groups."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytest.importorskip("torch", reason="PyTorch is not installed")

NO_RESCALE = """
import numpy as np

def softmax_sharded(x, comm):
    e = np.exp(x - x.max(initial=-np.inf))
    return e / comm.all_reduce(e.sum(), "sum")
"""


def torchrun(path: Path, ranks: int) -> subprocess.CompletedProcess[str]:
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone"]
    return subprocess.run(
        [*launcher, "--nproc-per-node", str(ranks), "docs/torch-distributed/run.py", str(path)],
        cwd=ROOT,
        env={**os.environ, "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_reference_runs_over_gloo():
    done = torchrun(ROOT / "reference/sharded.py", 3)
    assert done.returncode == 0, done.stderr
    assert "3 ranks over gloo: right" in done.stdout


def test_a_wrong_solution_is_wrong_there_too(tmp_path: Path):
    (tmp_path / "sharded.py").write_text(NO_RESCALE)
    done = torchrun(tmp_path / "sharded.py", 2)
    assert done.returncode != 0
    assert "2 ranks over gloo: WRONG" in done.stdout
